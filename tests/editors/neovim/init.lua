-- The init.lua of the tests: what editors/neovim/README.md tells a newcomer to write.
vim.opt.runtimepath:prepend(vim.env.AWAITD_PLUGIN)
vim.opt.runtimepath:append(vim.env.AWAITD_LIB)
vim.opt.swapfile = false
vim.g.loaded_python3_provider = 0 -- looking for one takes a second, and nothing here uses it
vim.cmd('filetype on') -- `-u` leaves it off until this file is done
package.path = vim.env.AWAITD_LIB .. '/?.lua;' .. package.path
require('awaitd').setup({ cmd = { vim.env.AWAITD_SERVER } })
