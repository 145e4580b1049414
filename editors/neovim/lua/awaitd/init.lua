-- awaitd in Neovim 0.7 and later: require('awaitd').setup{}. Neovim 0.11 can do without: vim.lsp.enable('awaitd').
local M = {}

local options = {}
local started = {} -- root folder: client id; Neovim 0.7 does not list clients that are still starting

-- The nearest folder above the buffer's file with one of the markers; the file's own folder if there is none.
local function root_of(buffer, markers)
  local file = vim.api.nvim_buf_get_name(buffer)
  if file == '' then
    return vim.fn.getcwd()
  end
  local first = vim.fn.fnamemodify(file, ':p:h')
  local folder = first
  while true do
    for _, marker in ipairs(markers) do
      if vim.loop.fs_stat(folder .. '/' .. marker) then
        return folder
      end
    end
    local parent = vim.fn.fnamemodify(folder, ':h')
    if parent == folder then
      return first
    end
    folder = parent
  end
end

-- Calls a method of a client: plain functions until Neovim 0.10, methods since.
local function call(client, method, ...)
  if vim.fn.has('nvim-0.11') == 1 then
    return client[method](client, ...)
  end
  return client[method](...)
end

function M.clients()
  local get = vim.lsp.get_clients or vim.lsp.get_active_clients
  return vim.tbl_filter(function(client)
    return client.name == 'awaitd' and not call(client, 'is_stopped')
  end, get())
end

-- What setup() would run.
function M.command()
  return options.cmd or require('awaitd.defaults')().cmd
end

local function filetypes()
  return options.filetypes or require('awaitd.defaults')().filetypes
end

-- Attaches the buffer to the client of its root folder, which is started if there is none; returns its id.
function M.attach(config, buffer)
  if vim.lsp.start then
    return vim.lsp.start(config, { bufnr = buffer })
  end
  local client = vim.lsp.get_client_by_id(started[config.root_dir] or -1)
  if not client or call(client, 'is_stopped') then
    started[config.root_dir] = vim.lsp.start_client(config)
  end
  if started[config.root_dir] then
    vim.lsp.buf_attach_client(buffer, started[config.root_dir])
  end
  return started[config.root_dir]
end

-- Starts awaitd for a buffer (0: the current one) with the options of setup().
function M.start(buffer)
  if not buffer or buffer == 0 then
    buffer = vim.api.nvim_get_current_buf()
  end
  local config = vim.tbl_deep_extend('force', require('awaitd.defaults')(), options)
  if vim.fn.executable(config.cmd[1]) ~= 1 then
    return vim.notify_once(('awaitd: cannot run %s; :checkhealth awaitd says more'):format(config.cmd[1]), vim.log.levels.ERROR)
  end
  config.root_dir = config.root_dir or root_of(buffer, config.root_markers)
  config.workspace_folders = { { uri = vim.uri_from_fname(config.root_dir), name = config.root_dir } }
  config.capabilities = config.capabilities or vim.lsp.protocol.make_client_capabilities()
  return M.attach(config, buffer)
end

-- Ends every awaitd and starts it anew for the buffers it had; for all that are open if none was running.
function M.restart()
  require('awaitd.revive').forget()
  local clients = M.clients()
  local again = {}
  for _, client in ipairs(clients) do
    for buffer in pairs(client.attached_buffers) do
      table.insert(again, { client.config, buffer })
    end
    call(client, 'stop')
  end
  vim.wait(2000, function()
    return #M.clients() == 0
  end, 10)
  for _, pair in ipairs(again) do
    M.attach(pair[1], pair[2])
  end
  if #again > 0 then
    return
  end
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.tbl_contains(filetypes(), vim.bo[buffer].filetype) then
      M.start(buffer)
    end
  end
end

-- As a server expects them; an empty Lua table would become a list.
local function section(settings)
  return { awaitd = next(settings) and settings or vim.empty_dict() }
end

-- Other settings from now on, for the servers that run as well: a table with the keys of [tool.awaitd]. {} gives the
-- project's own back.
function M.configure(settings)
  options.settings = section(settings)
  if vim.lsp.config and vim.lsp.enable then
    vim.lsp.config.awaitd = vim.tbl_extend('force', vim.lsp.config.awaitd, { settings = options.settings })
  end
  for _, client in ipairs(M.clients()) do
    client.config.settings = options.settings -- what a restart starts with
    client.settings = options.settings -- what Neovim 0.11 answers the server with
    call(client, 'notify', 'workspace/didChangeConfiguration', { settings = options.settings })
  end
end

-- opts: cmd (a list), settings (a table, as in the project's awaitd.toml), and any field of vim.lsp.start's config.
function M.setup(opts)
  options = vim.deepcopy(opts or {})
  if options.settings then
    options.settings = section(options.settings)
  end
  if vim.lsp.config and vim.lsp.enable then
    vim.lsp.config('awaitd', options)
    return vim.lsp.enable('awaitd')
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('awaitd', { clear = true }),
    pattern = filetypes(),
    callback = function(event)
      M.start(event.buf)
    end,
  })
end

return M
