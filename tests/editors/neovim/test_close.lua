-- Closing a document takes its diagnostics away, from it alone; opening it again brings them back.
local editor = require('editor')

local text = 'import time\n\n\nasync def worker():\n    time.sleep(1)\n'

local function shown(uri)
  local last = editor.last_published(uri)
  return last and #last.diagnostics
end

local first = editor.open('first.py', text)
vim.cmd('split') -- Neovim 0.12 asks about what is on the screen
local second = editor.open('second.py', text)
local uri = vim.uri_from_bufnr(first)
editor.wait_diagnostics(first, 1)
editor.wait_diagnostics(second, 1)
local pulls = editor.client().server_capabilities.diagnosticProvider ~= nil -- then nothing is published
if not pulls then
  editor.equal(shown(uri), 1, 'published for the first')
end

vim.cmd('bdelete ' .. first)
editor.wait('an empty list for the closed document', function()
  return pulls and #vim.diagnostic.get(first) == 0 or shown(uri) == 0
end)
editor.equal(#vim.diagnostic.get(second), 1, 'the other document')
if not pulls then
  editor.equal(shown(vim.uri_from_bufnr(second)), 1, 'published for the other document')
end

local again = editor.open('first.py')
editor.wait_diagnostics(again, 1)
editor.equal(#require('awaitd').clients(), 1, 'clients')
