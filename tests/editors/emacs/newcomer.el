;;; newcomer.el --- From the README's init.el to the first finding  -*- lexical-binding: t -*-

;; AWAITD_SNIPPET is the init.el.  Nothing of the tests' own is set for eglot: it starts as it does for a user.

(when (< emacs-major-version 29) (package-initialize)) ; before init.el, as Emacs itself does
(setq create-lockfiles nil)
(load (getenv "AWAITD_SNIPPET") nil t)
(require 'flymake)

(defun wait-for (what seconds condition)
  (let ((deadline (+ (float-time) seconds)))
    (while (not (funcall condition))
      (when (> (float-time) deadline)
        (princ (format "Waited in vain for %s\n" what))
        (kill-emacs 1))
      (accept-process-output nil 0.01))))

(with-temp-file "a.py" (insert "import time\n\n\nasync def worker():\n    time.sleep(1)\n"))
(find-file "a.py")
(run-hooks 'post-command-hook) ; there is no command loop in batch
(wait-for "eglot" 60 (lambda () (and (fboundp 'eglot-managed-p) (eglot-managed-p))))
(flymake-start)
(wait-for "the finding" 20 (lambda () (flymake-diagnostics)))
(let ((found (flymake-diagnostics)))
  (princ (flymake-diagnostic-text (car found)))
  (kill-emacs (if (and (= (length found) 1) (= (line-number-at-pos (flymake-diagnostic-beg (car found))) 5)) 0 1)))
