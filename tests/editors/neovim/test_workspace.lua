-- With findings of the whole workspace: those of files that nobody opened are there, and open documents follow a setting.
local editor = require('editor')

local text = 'import time\n\n\nasync def worker():\n    time.sleep(1)\n'
local mode = 'diagnostic-mode'

editor.write_bytes('other.py', text)
local buffer = editor.open('open.py', text)
editor.wait_diagnostics(buffer, 1)
require('awaitd').configure({ [mode] = 'workspace' })
if vim.lsp.buf.workspace_diagnostics then -- 0.12; older ones cannot ask
  editor.wait('the offer', function()
    return editor.client():supports_method('workspace/diagnostic')
  end)
  vim.lsp.buf.workspace_diagnostics()
  editor.wait('the finding of the other file', function()
    return #vim.diagnostic.get() == 2
  end)
end
require('awaitd').configure({ [mode] = 'workspace', ignore = { 'AWD101' } })
editor.wait_diagnostics(buffer, 0)
require('awaitd').configure({ [mode] = 'workspace' })
editor.wait_diagnostics(buffer, 1)
