-- :checkhealth awaitd
local M = {}

-- The functions were renamed in Neovim 0.10; 0.7 has them in a module of their own.
local function reporter()
  local health = vim.health or require('health')
  return {
    start = health.start or health.report_start,
    ok = health.ok or health.report_ok,
    info = health.info or health.report_info,
    error = health.error or health.report_error,
  }
end

local function command_of_user()
  local config = vim.lsp.config and vim.lsp.config.awaitd
  local clients = require('awaitd').clients()
  local cmd = clients[1] and clients[1].config.cmd or config and config.cmd
  return cmd or require('awaitd').command()
end

function M.check()
  local report = reporter()
  report.start('awaitd')
  if vim.fn.has('nvim-0.7') == 1 then
    report.ok('Neovim is new enough (0.7 or later)')
  else
    report.error('Neovim 0.7 or later is needed')
  end

  local cmd = command_of_user()
  if type(cmd) ~= 'table' then
    report.info('the command is a function')
  elseif vim.fn.executable(cmd[1]) ~= 1 then
    report.error(cmd[1] .. ' cannot be run', {
      'Put awaitd on the PATH, or give its path: require("awaitd").setup{ cmd = { "/path/to/awaitd" } }',
      'A checkout of the project can be run as it is: cmd = { "/path/to/tools/run" }',
    })
  else
    local line = vim.fn.system({ cmd[1], '--version' }):gsub('%s+$', '')
    if vim.v.shell_error == 0 then
      report.ok(('%s is %s'):format(cmd[1], line))
    else
      report.error(('%s --version ended with %d'):format(cmd[1], vim.v.shell_error), { line })
    end
  end

  local clients = require('awaitd').clients()
  for _, client in ipairs(clients) do
    report.ok(('running for %s with %d buffers, columns in %s'):format(
      client.config.root_dir or 'single files', #vim.tbl_keys(client.attached_buffers or {}), client.offset_encoding))
  end
  if #clients == 0 then
    report.info('not running; it starts with the first Python file')
  end
  report.info('log of what the server prints: ' .. vim.lsp.get_log_path())
end

return M
