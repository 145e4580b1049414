;;; editor.el --- Steps the Emacs tests share  -*- lexical-binding: t -*-

;; Everything waits for a condition; an error ends Emacs with exit code 1.  In batch neither idle timers nor
;; post-command-hook run, so eglot is started and told of changes by hand.

;;; Code:

(require 'cl-lib)
(require 'flymake)
(require 'json)

(setq make-backup-files nil
      auto-save-default nil
      create-lockfiles nil
      save-silently t
      jsonrpc-event-hook nil
      eglot-sync-connect 20
      eglot-autoshutdown nil
      eglot-autoreconnect t ; by default only a server that lived for three seconds is started again
      eglot-confirm-server-initiated-edits nil ; eglot 1.9
      eglot-confirm-server-edits nil) ; eglot 1.16 and later

(defconst editor-patience 30 "Seconds; only used up by a test that fails.")

(defconst editor-workspace default-directory)

(defun editor-say (format &rest args)
  (princ (concat (apply #'format format args) "\n")))

(defun editor-wait (what condition)
  "Wait until CONDITION gives something and return it; WHAT is for the error."
  (let ((deadline (+ (float-time) editor-patience)) result)
    (while (and (not (setq result (funcall condition))) (< (float-time) deadline))
      (accept-process-output nil 0.01))
    (or result
        (error "Waited in vain for %s; %s: %S" what (buffer-name)
               (mapcar #'flymake-diagnostic-text (flymake-diagnostics))))))

(defun editor-equal (got want what)
  (unless (equal got want) (error "%s: got %S, want %S" what got want)))

(defun editor-contains (text parts)
  (mapc (lambda (part) (unless (string-search part text) (error "%S is not in %S" part text))) parts))

(defun editor-file-text (file)
  (with-temp-buffer (insert-file-contents file) (buffer-string)))

(defun editor-server-pid ()
  (string-to-number (editor-file-text (getenv "AWAITD_PID"))))

(defun editor-goto-line-with (text)
  "Go to the start of the line that is TEXT."
  (goto-char (point-min))
  (unless (re-search-forward (concat "^" (regexp-quote text) "$") nil t) (error "No such line: %s" text))
  (beginning-of-line))

(defun editor-changed ()
  "Tell the server of edits; interactively an idle timer does."
  (eglot--signal-textDocument/didChange))

(defun editor-open (file)
  "Visit FILE, as a Python file that eglot manages, and start flymake."
  (find-file (expand-file-name file editor-workspace))
  (unless (derived-mode-p 'python-mode) (python-mode))
  (unless (eglot-current-server)
    (let ((contact (eglot--guess-contact))) (apply #'eglot contact)))
  (editor-wait "eglot" #'eglot-managed-p)
  (flymake-start)
  (current-buffer))

(defun editor-mirror ()
  "The server's text of the buffer."
  (editor-changed)
  (jsonrpc-request (eglot-current-server) :workspace/executeCommand
                   (list :command "awaitd.text" :arguments (vector (plist-get (eglot--TextDocumentIdentifier) :uri)))))

(defun editor-hover ()
  "What eldoc shows at point, as the user sees it."
  (let (shown)
    (eglot-hover-eldoc-function (lambda (info &rest _) (setq shown (or info ""))))
    (substring-no-properties (editor-wait "the hover" (lambda () shown)))))

(defun editor-code-action (wanted beg end)
  "Ask for the code actions from BEG to END like `\\[eglot-code-actions]' and pick the one WANTED."
  (let ((last-nonmenu-event ?x) ; as if it came from the keyboard
        (completing-read-function (lambda (_prompt collection &rest _) (or (car (assoc wanted collection)) (error "Only %S" collection)))))
    (eglot-code-actions beg end nil t))
  (editor-changed))

(defun editor-text-under (diagnostic)
  (buffer-substring-no-properties (flymake-diagnostic-beg diagnostic) (flymake-diagnostic-end diagnostic)))

(defun editor-run (function)
  "Call FUNCTION and end Emacs with 0, or with 1 and what went wrong."
  (condition-case problem
      (progn
        (funcall function)
        (let ((kill-emacs-hook nil)) (kill-emacs 0)))
    (error
     (editor-say "%s" (error-message-string problem))
     (dolist (buffer (buffer-list))
       (when (string-match-p "EGLOT.*stderr" (buffer-name buffer))
         (editor-say "%s" (with-current-buffer buffer (buffer-string)))))
     (kill-emacs 1))))

;; Emacs in batch does not read what a watch on files has to say, and while that waits it does not notice the end of a
;; process either.
(advice-add 'file-notify-add-watch :override #'ignore)

(when (< emacs-major-version 29) (package-initialize)) ; Debian's elpa-eglot is a package
(add-to-list 'load-path (expand-file-name "editors/emacs" (getenv "AWAITD_ROOT")))
(require 'awaitd)
(setq awaitd-command (list (getenv "AWAITD_SERVER")))

(provide 'editor)
;;; editor.el ends here
