-- The scenario of all editors (tests/editors/scenario), in Neovim.
local editor = require('editor')

local play = vim.fn.json_decode(vim.fn.readfile(vim.env.AWAITD_SCENARIO))

local function line_with(buffer, text)
  for i, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, true)) do
    if line == text then
      return i
    end
  end
  error('no such line: ' .. text)
end

-- Waits for the one finding of the buffer to be as expected, `further` lines down, and returns it.
local function wait_finding(buffer, expected, further)
  local found
  editor.wait(expected.code .. ' in line ' .. expected.line + (further or 0), function()
    found = vim.diagnostic.get(buffer)
    return #found == 1
      and editor.code_of(found[1]) == expected.code
      and found[1].lnum + 1 == expected.line + (further or 0)
      and editor.text_under(buffer, found[1]) == expected.text
  end)
  editor.contains(found[1].message, expected.message)
  return found[1]
end

local function type_keys(keys)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(keys, true, true, true), 'xt', false)
end

vim.o.paste = true -- what is typed comes with its own indentation
local app = editor.open(play.open)
editor.wait('the server', function()
  return editor.client() and editor.client().server_capabilities
end)
vim.api.nvim_win_set_cursor(0, { line_with(app, play.type.below), 0 })
type_keys('o' .. play.type.first .. '<Esc>')
local broken = editor.mirror(app)
editor.contains(broken, { play.type.first .. '\n' })
type_keys('A' .. play.type['then'] .. '<Esc>')

local found = wait_finding(app, play.finding)
editor.equal({ found.source, found.severity }, { 'awaitd', vim.diagnostic.severity.WARN }, 'kind')
vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })
editor.contains(editor.hover(), play.finding.hover)
editor.code_action(play.finding.fix)
editor.wait_diagnostics(app, 0)
local fixed = vim.api.nvim_buf_get_lines(app, play.finding.line - 1, play.finding.line, true)[1]
editor.equal(fixed, play.finding.fixed, 'the fixed line')
vim.cmd('silent write')

local elsewhere = play.elsewhere
local prices = editor.open(elsewhere.open)
local row = line_with(prices, elsewhere.line)
vim.api.nvim_win_set_cursor(0, { row, 0 })
type_keys('0C' .. elsewhere.becomes .. '<Esc>')
found = wait_finding(app, elsewhere.finding)
local related = found.user_data.lsp.relatedInformation[1].location
editor.equal(related.uri, vim.uri_from_bufnr(prices), 'the file the finding leads to')
editor.equal(related.range.start.line + 1, row, 'the line it leads to')

require('awaitd').configure({ ignore = play.settings.ignore })
editor.wait_diagnostics(app, 0)
require('awaitd').configure({})
wait_finding(app, elsewhere.finding)

vim.cmd('buffer ' .. app) -- Neovim 0.12 asks about what is on the screen
local old = editor.server_pid()
vim.loop.kill(old, 9)
vim.api.nvim_buf_set_lines(app, 0, 0, false, { play.restart.typed })
editor.wait('another server', function()
  return editor.server_pid() ~= old
end)
wait_finding(app, elsewhere.finding, 1)
local got, want = editor.mirror(prices)
editor.equal(got, want, 'the unsaved text of ' .. elsewhere.open)
vim.cmd('silent wall')
