-- workspace/diagnostic/refresh. Neovim 0.12 then asks about the workspace where that is offered, and about no document that
-- is open: what they show would stay as it is.
local M = {}

local METHOD = 'workspace/diagnostic/refresh'

function M.on_refresh(problem, result, context)
  local answer = vim.lsp.handlers[METHOD](problem, result, context)
  local client = vim.lsp.get_client_by_id(context.client_id)
  if not client or vim.fn.has('nvim-0.12') ~= 1 or not client:supports_method('workspace/diagnostic') then
    return answer
  end
  for buffer in pairs(client.attached_buffers) do
    local params = { textDocument = { uri = vim.uri_from_bufnr(buffer) }, identifier = 'awaitd' }
    client:request('textDocument/diagnostic', params, nil, buffer)
  end
  return answer
end

M.handlers = { [METHOD] = M.on_refresh }

return M
