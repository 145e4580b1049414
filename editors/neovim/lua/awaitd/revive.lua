-- Starts a server that died unasked again and attaches the same buffers, at most LIMIT times in WINDOW seconds.
-- One that dies before it was ready is not tried again: it would only die once more.
local M = {}

local LIMIT, WINDOW = 3, 180
local revived = {} -- when, newest last

local function say(message, level)
  vim.notify('awaitd: ' .. message, level or vim.log.levels.WARN)
end

local function too_often()
  local now = vim.loop.now() / 1000
  while revived[1] and now - revived[1] > WINDOW do
    table.remove(revived, 1)
  end
  if #revived >= LIMIT then
    return true
  end
  table.insert(revived, now)
  return false
end

-- on_exit of a client; 0.7 calls it where the API must not be used.
function M.on_exit(code, signal, client_id)
  local client = vim.lsp.get_client_by_id(client_id)
  if (code == 0 and signal == 0) or signal == 15 or not client then
    return
  end
  local ready, config = client.initialized, client.config
  local buffers = vim.tbl_keys(client.attached_buffers or {})
  vim.schedule(function()
    if vim.v.exiting ~= vim.NIL then
      return
    end
    local how = signal ~= 0 and ('signal ' .. signal) or ('exit code ' .. code)
    if not ready then
      return say(('the server did not start (%s); :checkhealth awaitd says more'):format(how), vim.log.levels.ERROR)
    end
    if too_often() then
      return say(('the server ended %d times (%s); :AwaitdRestart tries again'):format(LIMIT + 1, how), vim.log.levels.ERROR)
    end
    say(('the server ended (%s) and is started again'):format(how))
    for _, buffer in ipairs(buffers) do
      if vim.api.nvim_buf_is_loaded(buffer) then
        require('awaitd').attach(config, buffer)
      end
    end
  end)
end

-- A restart asked for by the user counts from zero.
function M.forget()
  revived = {}
end

return M
