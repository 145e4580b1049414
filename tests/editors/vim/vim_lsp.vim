" The vim-lsp snippet of editors/others/vim.md, with a stand-in for the plugin, which Debian does not have: what it
" registers is written to $AWAITD_OUT as JSON. AWAITD_SNIPPET is the snippet.
set nocompatible
let $AWAITD_PLUGIN = $AWAITD_OUT . '.runtime'
call mkdir($AWAITD_PLUGIN . '/autoload/lsp', 'p')
call writefile(['function! lsp#register_server(info) abort', '  let g:registered = a:info', 'endfunction'], $AWAITD_PLUGIN . '/autoload/lsp.vim')
execute 'set runtimepath^=' . fnameescape($AWAITD_PLUGIN)
try
  execute 'source' fnameescape($AWAITD_SNIPPET)
  doautocmd User lsp_setup
  let s:out = {'name': registered.name, 'allowlist': registered.allowlist, 'settings': registered.workspace_config,
        \ 'command': call(registered.cmd, [{}])}
  call writefile([json_encode(s:out)], $AWAITD_OUT)
catch
  call writefile([v:exception . ' at ' . v:throwpoint], '/dev/stdout')
  cquit 1
endtry
qall!
