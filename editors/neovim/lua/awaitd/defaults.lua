-- What a client of awaitd is started with: the one place both ways of starting it (vim.lsp.enable and setup) read.

-- awaitd on the PATH, or else the checkout this folder is part of, whose tools/run builds before it runs.
local function command()
  if vim.fn.executable('awaitd') == 1 then
    return { 'awaitd' }
  end
  local here = debug.getinfo(1, 'S').source:sub(2)
  local run = vim.fn.fnamemodify(vim.fn.resolve(vim.fn.fnamemodify(here, ':p')), ':h:h:h:h:h') .. '/tools/run'
  return { vim.fn.executable(run) == 1 and run or 'awaitd' }
end

return function()
  return {
    name = 'awaitd',
    cmd = command(),
    filetypes = { 'python' },
    root_markers = { 'pyproject.toml', 'awaitd.toml', 'setup.py', 'setup.cfg', '.git' },
    -- Neovim collects changes for 150 ms by default; awaitd needs about one.
    flags = { debounce_text_changes = 20 },
    on_exit = require('awaitd.revive').on_exit,
    handlers = require('awaitd.refresh').handlers,
  }
end
