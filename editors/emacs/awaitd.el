;;; awaitd.el --- The language server for async Python  -*- lexical-binding: t -*-

;; Author: the awaitd authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages, tools
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; awaitd finds what blocks the event loop, what is never awaited and what swallows cancellations, as you type.
;; `awaitd-setup' registers it with eglot and lsp-mode, whichever you use:
;;
;;     (load "/path/to/awaitd/editors/emacs/awaitd.el")
;;     (awaitd-setup)
;;
;; eglot runs one server a buffer.  To keep another one, let awaitd run it: see `awaitd-with'.

;;; Code:

(require 'cl-lib)

(defvar eglot-server-programs)
(defvar eglot-workspace-configuration)
(declare-function eglot-current-server "ext:eglot")
(declare-function eglot-ensure "ext:eglot")
(declare-function eglot-reconnect "ext:eglot")
(declare-function eglot-signal-didChangeConfiguration "ext:eglot")
(declare-function flymake-diagnostics "flymake")
(declare-function flymake-diagnostic-text "flymake")
(declare-function lsp-register-client "ext:lsp-mode")
(declare-function lsp-stdio-connection "ext:lsp-mode")
(declare-function lsp-activate-on "ext:lsp-mode")
(declare-function lsp-register-custom-settings "ext:lsp-mode")
(declare-function lsp-workspace-restart "ext:lsp-mode")
(declare-function lsp-workspaces "ext:lsp-mode")
(declare-function make-lsp-client "ext:lsp-mode")

(defgroup awaitd nil
  "The language server for async Python."
  :group 'tools
  :prefix "awaitd-")

(defconst awaitd--folder (file-name-directory (or load-file-name buffer-file-name default-directory)))

(defconst awaitd--keys '(:select :extend-select :ignore :target-python :blocking :overlap :follow-packages :free-threaded :interpreter :log-level)
  "The settings there are, as tests/editors compares them with the server's.")

(defcustom awaitd-command nil
  "The server to run, a list of the program and its arguments.
If nil, awaitd from the PATH, or else tools/run of the checkout
this file is part of, which builds before it runs."
  :type '(choice (const :tag "Find it" nil) (repeat string)))

(defcustom awaitd-with nil
  "Another language server that awaitd runs and speaks for.
A command line, or a list of them for several; the first goes
before the others where only one can answer.
eglot runs one server a buffer; this keeps the other's completion,
types and diagnostics beside awaitd's.  For example
\"pyright-langserver --stdio\"."
  :type '(choice (const :tag "None" nil) string (repeat string)))

(defcustom awaitd-settings nil
  "Settings for the server, a plist with the keys of [tool.awaitd].
For example (:ignore [\"AWD104\"] :target-python \"3.11\").  To change
them while it runs, call `awaitd-configure'."
  :type 'plist)

(defun awaitd-command-line (&rest _)
  "The command line of the server, for eglot and lsp-mode."
  (append (or awaitd-command (list (awaitd--find)))
          (mapcan (lambda (server) (list "--with" server))
                  (if (listp awaitd-with) awaitd-with (list awaitd-with)))))

(defun awaitd--find ()
  "The awaitd to run if the user does not say which."
  (let ((checkout (expand-file-name "../../tools/run" awaitd--folder)))
    (or (executable-find "awaitd")
        (and (file-executable-p checkout) checkout)
        (user-error "There is no awaitd on the PATH; set `awaitd-command'"))))

;;;###autoload
(defun awaitd-setup ()
  "Start awaitd for Python buffers.
With lsp-mode if that is loaded, else with eglot."
  (with-eval-after-load 'eglot (awaitd--register-with-eglot))
  (with-eval-after-load 'lsp-mode (awaitd--register-with-lsp-mode))
  (add-hook 'python-mode-hook #'awaitd--start)
  (add-hook 'python-ts-mode-hook #'awaitd--start))

(defun awaitd--start ()
  "Start eglot, unless lsp-mode is there and starts awaitd itself."
  (unless (featurep 'lsp-mode) (eglot-ensure)))

(defun awaitd--register-with-eglot ()
  "Make awaitd the server of Python buffers."
  (add-to-list 'eglot-server-programs '((python-mode python-ts-mode) . awaitd-command-line))
  (awaitd--tell-eglot))

(defun awaitd--tell-eglot ()
  "Make `awaitd-settings' part of eglot's settings for all servers."
  (let ((all (default-value 'eglot-workspace-configuration)))
    (when (or (null all) (keywordp (car-safe all)))
      (setq-default eglot-workspace-configuration (plist-put (copy-sequence all) :awaitd awaitd-settings)))))

(defun awaitd--register-with-lsp-mode ()
  "Add awaitd to the servers of lsp-mode, beside those for Python."
  (lsp-register-custom-settings
   (mapcar (lambda (key)
             (list (concat "awaitd." (substring (symbol-name key) 1))
                   (lambda () (plist-get awaitd-settings key))))
           awaitd--keys))
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection #'awaitd-command-line)
                    :activation-fn (lsp-activate-on "python")
                    :add-on? t
                    :priority -1
                    :server-id 'awaitd)))

;;;###autoload
(defun awaitd-configure (&rest settings)
  "Make SETTINGS the value of `awaitd-settings' and tell the running servers.
For example (awaitd-configure :ignore [\"AWD104\"]); without arguments
the project's own settings hold."
  (setq awaitd-settings settings)
  (when (featurep 'eglot)
    (awaitd--tell-eglot)
    (mapc #'eglot-signal-didChangeConfiguration
          (delete-dups (delq nil (mapcar #'awaitd--eglot-server-of (buffer-list)))))))

(defun awaitd--eglot-server-of (buffer)
  "The server of a Python BUFFER that eglot manages, or nil."
  (with-current-buffer buffer
    (and (derived-mode-p 'python-mode 'python-ts-mode) (eglot-current-server))))

;;;###autoload
(defun awaitd-restart ()
  "End the server of this buffer and start it anew."
  (interactive)
  (if-let ((server (and (featurep 'eglot) (eglot-current-server))))
      (eglot-reconnect server t)
    (if (featurep 'lsp-mode)
        (mapc #'lsp-workspace-restart (lsp-workspaces))
      (awaitd--start))))

;;;###autoload
(defun awaitd-explain (rule)
  "Show the page of RULE, a code like AWD101 or a name like blocking-sleep."
  (interactive (list (read-string "Rule: " (awaitd--rule-at-point))))
  (let ((command (append (or awaitd-command (list (awaitd--find))) (list "explain" rule))))
    (with-help-window "*awaitd*"
      (princ (with-output-to-string
               (with-current-buffer standard-output
                 (apply #'call-process (car command) nil t nil (cdr command))))))))

(defun awaitd--rule-at-point ()
  "The code of the finding at point."
  (when (fboundp 'flymake-diagnostics)
    (cl-loop for diagnostic in (flymake-diagnostics (point))
             for text = (flymake-diagnostic-text diagnostic)
             when (string-match "AWD[0-9]+" text) return (match-string 0 text))))

(provide 'awaitd)
;;; awaitd.el ends here
