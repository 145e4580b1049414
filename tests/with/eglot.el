;;; eglot.el --- awaitd --with pyright as eglot's one server of a buffer  -*- lexical-binding: t -*-

;; Emacs in batch: a file with one finding of each server; both are shown, the hover holds both parts, and awaitd's fix
;; is applied.  Everything waits for a condition; an error ends Emacs with exit code 1.

;;; Code:

(when (< emacs-major-version 29) (package-initialize)) ; Debian's elpa-eglot is a package
(require 'cl-lib)
(require 'eglot)
(require 'flymake)

(setq make-backup-files nil
      create-lockfiles nil
      eglot-sync-connect 60
      eglot-confirm-server-initiated-edits nil ; eglot 1.9
      eglot-confirm-server-edits nil)          ; later ones
(add-to-list 'eglot-server-programs `(python-mode . ,(split-string-and-unquote (getenv "AWAITD_COMMAND"))))
;; Emacs in batch does not read what watches on files say, and reading it would keep it from the server.
(advice-add 'file-notify-add-watch :override #'ignore)

(defun wait-for (what condition)
  (let ((deadline (+ (float-time) 90)) result)
    (while (and (not (setq result (funcall condition))) (< (float-time) deadline))
      (accept-process-output nil 0.01))
    (or result (error "Waited in vain for %s; %S" what (mapcar #'flymake-diagnostic-text (flymake-diagnostics))))))

(defun finding (text)
  (cl-find-if (lambda (one) (string-search text (flymake-diagnostic-text one))) (flymake-diagnostics)))

(defun hover ()
  (let (shown)
    (eglot-hover-eldoc-function (lambda (info &rest _) (setq shown (or info ""))))
    (substring-no-properties (wait-for "the hover" (lambda () shown)))))

(condition-case problem
    (progn
      (find-file (getenv "AWAITD_FILE"))
      (unless (derived-mode-p 'python-mode) (python-mode))
      (apply #'eglot (eglot--guess-contact))
      (wait-for "eglot" #'eglot-managed-p)
      (flymake-start)
      (wait-for "pyright's finding" (lambda () (finding "is not assignable to")))
      (let* ((ours (wait-for "awaitd's finding" (lambda () (finding "AWD101")))) (beg (flymake-diagnostic-beg ours)))
        (unless (equal (buffer-substring-no-properties beg (flymake-diagnostic-end ours)) "time.sleep")
          (error "The squiggle is under %S" (buffer-substring-no-properties beg (flymake-diagnostic-end ours))))
        (goto-char (+ beg 6))
        ;; Both parts, once pyright is quick enough.
        (wait-for "both parts of the hover"
                  (lambda () (let ((text (hover))) (and (string-search "AWD101" text) (string-search "seconds:" text)))))
        (let ((last-nonmenu-event ?x)
              (completing-read-function
               (lambda (_prompt actions &rest _)
                 (or (car (assoc "Use await asyncio.sleep()" actions)) (error "Only %S" actions)))))
          (eglot-code-actions beg (flymake-diagnostic-end ours) nil t)))
      (eglot--signal-textDocument/didChange)
      (wait-for "awaitd's finding to go" (lambda () (and (finding "is not assignable to") (not (finding "AWD101")))))
      (unless (string-search "await asyncio.sleep(1)" (buffer-string)) (error "The text is %S" (buffer-string)))
      (goto-char (point-min))
      (search-forward "tome")
      ;; Passed through: pyright alone knows completions.
      (let* ((answer (jsonrpc-request (eglot-current-server) :textDocument/completion (eglot--TextDocumentPositionParams)))
             (items (append (if (vectorp answer) answer (plist-get answer :items)) nil)))
        (unless (cl-find "to_me" items :key (lambda (item) (plist-get item :label)) :test #'equal)
          (error "No completion among %d" (length items))))
      (set-buffer-modified-p nil)
      (eglot-shutdown (eglot-current-server) nil 20)
      (let ((kill-emacs-hook nil)) (kill-emacs 0)))
  (error
   (princ (concat (error-message-string problem) "\n"))
   (dolist (buffer (buffer-list))
     (when (string-match-p "EGLOT.*stderr" (buffer-name buffer))
       (princ (with-current-buffer buffer (buffer-string)))))
   (kill-emacs 1)))

;;; eglot.el ends here
