-- :checkhealth awaitd, while it runs and where the command is wrong.
local editor = require('editor')

local function report()
  vim.cmd('silent checkhealth awaitd')
  local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  vim.cmd('bwipeout!')
  return table.concat(lines, '\n')
end

local buffer = editor.open('a.py', 'import time\n\n\nasync def worker():\n    time.sleep(1)\n')
editor.wait_diagnostics(buffer, 1)
local good = report()
editor.contains(good, { 'new enough', 'is awaitd ', 'running for ' .. vim.fn.getcwd() .. ' with 1 buffers', 'lsp.log' })
editor.equal(good:find('ERROR'), nil, 'errors')

vim.lsp.stop_client(require('awaitd').clients())
editor.wait('the end of the server', function()
  return #require('awaitd').clients() == 0
end)
require('awaitd').setup({ cmd = { '/no/such/awaitd' } })
editor.contains(report(), { 'ERROR', '/no/such/awaitd cannot be run', 'tools/run', 'not running' })
