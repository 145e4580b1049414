-- Closing a document takes its diagnostics away, from it alone; opening it again brings them back.
local editor = require('editor')

local text = 'import time\n\n\nasync def worker():\n    time.sleep(1)\n'

local function shown(uri)
  local last = editor.last_published(uri)
  return last and #last.diagnostics
end

local first = editor.open('first.py', text)
local second = editor.open('second.py', text)
local uri = vim.uri_from_bufnr(first)
editor.wait_diagnostics(first, 1)
editor.wait_diagnostics(second, 1)
editor.equal(shown(uri), 1, 'published for the first')

vim.cmd('bdelete ' .. first)
editor.wait('an empty list for the closed document', function()
  return shown(uri) == 0
end)
editor.equal(#vim.diagnostic.get(second), 1, 'the other document')
editor.equal(shown(vim.uri_from_bufnr(second)), 1, 'published for the other document')

local again = editor.open('first.py')
editor.wait_diagnostics(again, 1)
editor.equal(#require('awaitd').clients(), 1, 'clients')
