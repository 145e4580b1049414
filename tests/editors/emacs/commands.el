;;; commands.el --- M-x awaitd-explain and M-x awaitd-restart  -*- lexical-binding: t -*-

(load (expand-file-name "editor" (file-name-directory load-file-name)) nil t)
(require 'eglot)
(awaitd-setup)

(write-region "import time\n\n\nasync def worker():\n    time.sleep(1)\n" nil "a.py")

(let ((awaitd-command '("awaitd")))
  (editor-equal (awaitd-command-line) '("awaitd") "alone")
  (let ((awaitd-with "one --stdio"))
    (editor-equal (awaitd-command-line) '("awaitd" "--with" "one --stdio") "with one other server"))
  (let ((awaitd-with '("one --stdio" "two")))
    (editor-equal (awaitd-command-line) '("awaitd" "--with" "one --stdio" "--with" "two") "with two")))

(defun the-finding ()
  (let ((found (flymake-diagnostics))) (and (= (length found) 1) (car found))))

(editor-run
 (lambda ()
   (let ((buffer (editor-open "a.py")))
     (goto-char (flymake-diagnostic-beg (editor-wait "the finding" #'the-finding)))
     (editor-equal (awaitd--rule-at-point) "AWD101" "the rule that awaitd-explain offers")
     (awaitd-explain "AWD101")
     (editor-contains (with-current-buffer "*awaitd*" (buffer-string)) '("AWD101" "blocking-sleep" "asyncio.sleep"))
     (set-buffer buffer)
     (let ((old (editor-server-pid)))
       (awaitd-restart)
       (editor-wait "another server" (lambda () (/= (editor-server-pid) old))))
     (editor-wait "eglot" #'eglot-current-server)
     (flymake-start)
     (editor-wait "the finding of the new server" #'the-finding)
     (eglot-shutdown (eglot-current-server) nil 5))))
