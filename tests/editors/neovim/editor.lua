-- Steps the tests share. Everything waits for a condition; a failed check ends Neovim with exit code 1.
local M = {}

local PATIENCE = 20000 -- ms; only used up by a test that fails

function M.say(...)
  io.stdout:write(table.concat(vim.tbl_map(tostring, { ... }), ' ') .. '\n')
end

function M.equal(got, want, what)
  if not vim.deep_equal(got, want) then
    error(('%s\n  got  %s\n  want %s'):format(what, vim.inspect(got), vim.inspect(want)), 2)
  end
end

function M.contains(text, parts)
  for _, part in ipairs(parts) do
    if not text:find(part, 1, true) then
      error(('%q is not in:\n%s'):format(part, text), 2)
    end
  end
end

function M.wait(what, condition)
  if not vim.wait(PATIENCE, condition, 5) then
    local lines = vim.api.nvim_buf_get_lines(0, 0, 40, false)
    error(('waited in vain for %s\n%s\n%s'):format(what, table.concat(lines, '\n'), vim.inspect(vim.diagnostic.get())), 2)
  end
end

-- Runs one test module and ends Neovim.
function M.run(name)
  vim.schedule(function()
    local ok, problem = xpcall(require, debug.traceback, name)
    if not ok then
      M.say(problem)
      vim.cmd('cquit 1')
    end
    vim.cmd('qall!')
  end)
end

-- Bytes of a file, no line ends changed.
function M.read_bytes(path)
  local file = assert(io.open(path, 'rb'))
  local bytes = file:read('*a')
  file:close()
  return bytes
end

function M.write_bytes(path, bytes)
  local file = assert(io.open(path, 'wb'))
  file:write(bytes)
  file:close()
end

-- Writes the file below the working folder and opens it; returns its buffer.
function M.open(name, bytes)
  if bytes then
    M.write_bytes(name, bytes)
  end
  vim.cmd('edit ' .. vim.fn.fnameescape(name))
  return vim.api.nvim_get_current_buf()
end

function M.client()
  return require('awaitd').clients()[1]
end

function M.server_pid()
  return tonumber(M.read_bytes(vim.env.AWAITD_PID))
end

-- What was published, newest last: { uri, version, diagnostics } as sent. Handlers are looked up by name, so this sees
-- everything from here on.
M.published = {}
local method = 'textDocument/publishDiagnostics'
local show = vim.lsp.handlers[method]
vim.lsp.handlers[method] = function(problem, result, ...)
  table.insert(M.published, result)
  return show(problem, result, ...)
end

function M.last_published(uri)
  for i = #M.published, 1, -1 do
    if M.published[i].uri == uri then
      return M.published[i]
    end
  end
end

function M.wait_diagnostics(buffer, count)
  M.wait(count .. ' diagnostics', function()
    return #vim.diagnostic.get(buffer) == count
  end)
  return vim.diagnostic.get(buffer)
end

-- The text a diagnostic is about, by Neovim's own columns (bytes).
function M.text_under(buffer, diagnostic)
  local line = vim.api.nvim_buf_get_lines(buffer, diagnostic.lnum, diagnostic.lnum + 1, true)[1]
  return line:sub(diagnostic.col + 1, diagnostic.end_col)
end

function M.code_of(diagnostic)
  return diagnostic.code or diagnostic.user_data and diagnostic.user_data.lsp and diagnostic.user_data.lsp.code
end

local function floating_window()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return window
    end
  end
end

-- Hover at the cursor as a user asks for it; returns the text of the window that opens.
function M.hover()
  vim.lsp.buf.hover()
  M.wait('the hover window', floating_window)
  local window = floating_window()
  local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
  vim.api.nvim_win_close(window, true)
  return table.concat(lines, '\n')
end

-- Code actions at the cursor as a user asks for them, picking the one whose title has `wanted`; returns all titles.
function M.code_action(wanted)
  local titles
  vim.ui.select = function(items, how, choose)
    titles = vim.tbl_map(how.format_item, items)
    for i, title in ipairs(titles) do
      if title:find(wanted, 1, true) then
        return choose(items[i], i)
      end
    end
    choose(nil)
  end
  vim.lsp.buf.code_action()
  M.wait('the code actions', function()
    return titles
  end)
  return titles
end

-- The server's text of the buffer, and the buffer's own text in the file's line ends.
function M.mirror(buffer)
  local params = { command = 'awaitd.text', arguments = { vim.uri_from_bufnr(buffer) } }
  local answers = vim.lsp.buf_request_sync(buffer, 'workspace/executeCommand', params, PATIENCE)
  local answer = answers and answers[M.client().id]
  if not answer or not answer.result then
    error('no mirror: ' .. vim.inspect(answers))
  end
  local ending = ({ unix = '\n', dos = '\r\n', mac = '\r' })[vim.bo[buffer].fileformat]
  local text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, true), ending)
  return answer.result, vim.bo[buffer].eol and text .. ending or text
end

return M
