-- Neovim as a source of changes: after each random edit the server's text equals the buffer. AWAITD_SEED repeats a run.
local editor = require('editor')

local seed = tonumber(vim.env.AWAITD_SEED)
local EDITS = 150 -- in each file

local start = 'import time\n\n\nasync def worker():\n    s = "😀"; time.sleep(1)\n    return s\n\n\ndef other():\n\tpass\n'
local pieces = { 'time.sleep(1)', '😀', 'é', 'x', '\n', '\n\n', '    ', '日本', 'async def f():', '"""', '\t', '𝒳y', 'a\nb\nc', '(', '' }
local keys = { 'dd', 'Gdd', 'J', '3J', 'x', 'p', 'P', 'Gp', 'yyp', 'u', 'u', 'u', '<C-r>', '>>', '~', 'ggdG', 'o', 'O', 'api', 'api', 'api', 'lines' }

local function pick(list)
  return list[math.random(#list)]
end

-- Byte columns between the characters of a line.
local function columns(line)
  local out = { #line }
  for i = 1, #line do
    local byte = line:byte(i)
    if byte < 0x80 or byte >= 0xC0 then
      table.insert(out, i - 1)
    end
  end
  return out
end

local function replace_piece(buffer, row, line)
  local from, to = pick(columns(line)), pick(columns(line))
  if from > to then
    from, to = to, from
  end
  if math.random() < 0.5 then
    to = from
  end
  vim.api.nvim_buf_set_text(buffer, row, from, row, to, vim.split(pick(pieces), '\n'))
end

local function edit(buffer, key)
  local count = vim.api.nvim_buf_line_count(buffer)
  local row = math.random(0, count - 1)
  local line = vim.api.nvim_buf_get_lines(buffer, row, row + 1, true)[1]
  if key == 'api' then
    return replace_piece(buffer, row, line)
  elseif key == 'lines' then
    return vim.api.nvim_buf_set_lines(buffer, row, math.random(row, math.min(count, row + 4)), true, vim.split(pick(pieces), '\n'))
  end
  vim.api.nvim_win_set_cursor(0, { row + 1, pick(columns(line)) })
  if key == 'o' or key == 'O' then
    key = key .. pick(pieces):gsub('\n', '<CR>') .. '<Esc>'
  end
  local raw = vim.api.nvim_replace_termcodes(key, true, true, true)
  vim.cmd('silent! normal! ' .. raw)
end

-- Once a buffer was emptied, Neovim itself may be off by the final line end from then on (0.7.2 to 0.12.4).
local function without_final_line_end(text)
  return (text:gsub('[\r\n]+$', ''))
end

local function storm(name, bytes)
  local buffer = editor.open(name, bytes)
  editor.wait_diagnostics(buffer, 1)
  local emptied, off_by_end, changed = false, 0, 0
  local before = bytes
  for i = 1, EDITS do
    local key = pick(keys)
    local ok, problem = pcall(edit, buffer, key)
    if not ok then
      editor.say('edit refused', key, problem)
    end
    emptied = emptied or vim.api.nvim_buf_line_count(buffer) == 1 and vim.api.nvim_buf_get_lines(buffer, 0, 1, true)[1] == ''
    local got, want = editor.mirror(buffer)
    if emptied and got ~= want and without_final_line_end(got) == without_final_line_end(want) then
      off_by_end = off_by_end + 1
    else
      editor.equal(got, want, ('%s: mirror after edit %d, %s'):format(name, i, key))
    end
    changed = changed + (want == before and 0 or 1)
    before = want
  end
  editor.say(name, 'mirror equal after', EDITS, 'edits,', changed, 'of them changes; off by the final line end:', off_by_end)
  assert(changed > EDITS / 2, 'too few edits changed anything')

  -- Whatever happened: a good text has exactly its findings.
  vim.api.nvim_buf_set_lines(buffer, 0, -1, true, vim.split(start:gsub('\n$', ''), '\n'))
  editor.wait('the finding after the storm', function()
    local found = vim.diagnostic.get(buffer)
    return #found == 1 and found[1].lnum == 4 and editor.text_under(buffer, found[1]) == 'time.sleep'
  end)
end

math.randomseed(seed)
editor.say('seed', seed)
storm('lf.py', start)
storm('crlf.py', (start:gsub('\n', '\r\n')))
