-- A server that is killed is started again, for every buffer it had, and knows what was typed meanwhile. One that keeps
-- dying is given up, until the user asks for it.
local editor = require('editor')

local text = 'import time\n\n\nasync def worker():\n    time.sleep(1)\n'
local said = {}
vim.notify = function(message)
  table.insert(said, message)
end

local function kill()
  local pid = editor.server_pid()
  vim.loop.kill(pid, 9)
  return pid
end

local function starts()
  return select(2, editor.read_bytes(vim.env.AWAITD_PID .. '.starts'):gsub('\n', ''))
end

local first = editor.open('first.py', text)
vim.cmd('split') -- Neovim 0.12 asks about what is on the screen
local second = editor.open('second.py', text)
editor.wait_diagnostics(first, 1)
editor.wait_diagnostics(second, 1)

for round = 1, 3 do
  local old = kill()
  vim.api.nvim_buf_set_lines(second, 0, 0, false, { '# typed while it was dying' })
  editor.wait('another server', function()
    return editor.server_pid() ~= old and editor.client() and #vim.tbl_keys(editor.client().attached_buffers) == 2
  end)
  editor.wait_diagnostics(first, 1)
  editor.wait('the finding where it is now', function()
    local found = vim.diagnostic.get(second)
    return #found == 1 and found[1].lnum == 4 + round
  end)
  local got, want = editor.mirror(second)
  editor.equal(got, want, 'mirror')
end
editor.equal(starts(), 4, 'servers started')

kill()
editor.wait('giving up', function()
  return table.concat(said, '\n'):find(':AwaitdRestart', 1, true)
end)
editor.equal({ starts(), #require('awaitd').clients() }, { 4, 0 }, 'servers started, clients')
editor.equal(#vim.diagnostic.get(), 0, 'diagnostics without a server')

for expected = 5, 6 do
  vim.cmd('AwaitdRestart')
  editor.wait('the one new server', function()
    return starts() == expected and #require('awaitd').clients() == 1
  end)
  editor.wait_diagnostics(first, 1)
  editor.wait_diagnostics(second, 1)
end
