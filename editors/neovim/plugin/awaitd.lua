vim.api.nvim_create_user_command('AwaitdRestart', function()
  require('awaitd').restart()
end, { desc = 'End awaitd and start it anew' })
