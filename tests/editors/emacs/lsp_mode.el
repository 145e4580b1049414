;;; lsp_mode.el --- awaitd as an add-on server of lsp-mode  -*- lexical-binding: t -*-

(load (expand-file-name "editor" (file-name-directory load-file-name)) nil t)
(require 'lsp-mode)
(awaitd-setup)
(setq lsp-auto-guess-root t
      lsp-enable-snippet nil
      lsp-enable-file-watchers nil
      lsp-warn-no-matched-clients nil
      lsp-restart 'ignore
      lsp-idle-delay 0
      awaitd-settings '(:ignore ["AWD801"]))

(defun the-finding ()
  (let ((found (gethash (lsp--fix-path-casing (buffer-file-name)) (lsp-diagnostics nil))))
    (and (= (length found) 1) (car found))))

(editor-run
 (lambda ()
   (write-region "" nil "pyproject.toml")
   (write-region "import time\n\n\nasync def other():\n    pass\n\n\nasync def worker():\n    time.sleep(1)\n    other()\n" nil "a.py")
   (find-file "a.py")
   (unless (derived-mode-p 'python-mode) (python-mode))
   (lsp)
   (let ((found (editor-wait "the one finding that is not ignored" #'the-finding)))
     (editor-equal (lsp:diagnostic-code? found) "AWD101" "code")
     (editor-equal (lsp:position-line (lsp:range-start (lsp:diagnostic-range found))) 8 "line"))
   (lsp-workspace-shutdown (car (lsp-workspaces)))))
