-- For `vim.lsp.enable('awaitd')`, Neovim 0.11 and later. Change single fields with vim.lsp.config('awaitd', { ... }).
return require('awaitd.defaults')()
