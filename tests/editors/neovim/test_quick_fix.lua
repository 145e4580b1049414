-- The whole way of a newcomer: open, read the finding, hover, quick fix, write. An astral character stands before the
-- finding on its line, so that bytes, UTF-16 and UTF-8 columns all differ.
local editor = require('editor')

local before = 'import asyncio\nimport time\n\n\nasync def worker():\n    s = "😀é"; time.sleep(1)\n    return s\n'

local buffer = editor.open('sample.py', before)
local found = editor.wait_diagnostics(buffer, 1)[1]
editor.equal({ found.lnum, found.col, found.end_lnum, editor.text_under(buffer, found) }, { 5, 18, 5, 'time.sleep' }, 'range')
editor.equal({ found.source, editor.code_of(found), found.severity }, { 'awaitd', 'AWD101', vim.diagnostic.severity.WARN }, 'kind')
editor.contains(found.message, { 'time.sleep', 'event loop', 'asyncio.sleep' })
vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })
editor.contains(editor.hover(), { 'AWD101', 'time.sleep', 'asyncio.sleep' })
editor.code_action('asyncio.sleep')
editor.wait_diagnostics(buffer, 0)
vim.cmd('silent write')
local after = before:gsub('time.sleep%(1%)', 'await asyncio.sleep(1)')
editor.equal(editor.read_bytes('sample.py'), after, 'the file')
