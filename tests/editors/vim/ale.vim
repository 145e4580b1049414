" ALE (Debian's vim-ale) with the snippet of editors/others/vim.md: finding, hover, quick fix, and the file on disk.
" AWAITD_SNIPPET is the snippet; the working folder has sample.py. Ends with exit code 1 after any failure.
set nocompatible nomore noswapfile encoding=utf-8 hidden
set runtimepath+=/usr/share/vim-ale,/usr/share/vim-ale/after
filetype plugin on
runtime! plugin/ale.vim
let g:ale_linters = {'python': ['awaitd']}
let g:ale_lint_delay = 10
let g:ale_hover_to_preview = 1

function! s:Fail(message) abort
  call writefile([a:message, execute('messages')], '/dev/stdout', 'a')
  cquit 1
endfunction

" Sleeping is where Vim handles what jobs send; no sleep is longer than the answer takes.
function! s:Wait(what, condition) abort
  let l:start = reltime()
  while !eval(a:condition)
    if reltimefloat(reltime(l:start)) > 20
      call s:Fail('waited in vain for ' . a:what . '; ' . string(ale#engine#GetLoclist(bufnr(''))))
    endif
    sleep 10m
  endwhile
endfunction

function! Preview() abort
  for l:window in getwininfo()
    if getwinvar(l:window.winid, '&previewwindow')
      return join(getbufline(l:window.bufnr, 1, '$'), ' ')
    endif
  endfor
  return ''
endfunction

function! s:Main() abort
  execute 'source' fnameescape($AWAITD_SNIPPET)
  edit sample.py
  ALELint
  call s:Wait('the finding', 'len(ale#engine#GetLoclist(bufnr(""))) > 0')
  let l:found = ale#engine#GetLoclist(bufnr(''))
  if len(l:found) != 1 || l:found[0].code !=# 'AWD101' || l:found[0].lnum != 6 || l:found[0].col != 5
    call s:Fail('not the one finding: ' . string(l:found))
  endif
  call cursor(l:found[0].lnum, l:found[0].col)
  ALEHover
  call s:Wait('the hover', 'Preview() =~# "AWD101"')
  pclose
  call s:Fix()
  silent write
  if readfile('sample.py')[5] !=# '    await asyncio.sleep(1)'
    call s:Fail('the file: ' . join(readfile('sample.py'), "\n"))
  endif
endfunction

" :ALECodeAction without its menu: the first of the titles.
function! s:Fix() abort
  call ale#codefix#Execute(0, {data, items -> ale#codefix#ApplyLSPCodeAction(data, items[0][1])})
  call s:Wait('the fix', 'getline(6) =~# "await asyncio.sleep"')
endfunction

try
  call s:Main()
catch
  call s:Fail(v:exception . ' at ' . v:throwpoint)
endtry
qall!
