-- A file with \r\n: the finding is where it should be, and the fix adds its import in the file's own line ends.
local editor = require('editor')

local before = '"""Module."""\r\nfrom time import sleep\r\n\r\n\r\nasync def worker():\r\n    print("日本😀", sleep(0.5))\r\n'
local after = '"""Module."""\r\nimport asyncio\r\nfrom time import sleep\r\n\r\n\r\nasync def worker():\r\n'
  .. '    print("日本😀", await asyncio.sleep(0.5))\r\n'

local buffer = editor.open('crlf.py', before)
editor.equal(vim.bo[buffer].fileformat, 'dos', 'line ends as Neovim reads them')
local found = editor.wait_diagnostics(buffer, 1)[1]
editor.equal({ found.lnum, editor.text_under(buffer, found) }, { 5, 'sleep' }, 'range')
editor.equal({ editor.mirror(buffer) }, { before, before }, 'mirror and buffer')
vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })
editor.code_action('asyncio.sleep')
editor.wait_diagnostics(buffer, 0)
vim.cmd('silent write')
editor.equal(editor.read_bytes('crlf.py'), after, 'the file')
editor.equal({ editor.mirror(buffer) }, { after, after }, 'mirror and buffer')
