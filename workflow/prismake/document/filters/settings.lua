-- What the step hands to its filters: the journal's profile, the page, the figure files, the widths of letters.
local module = {}

function module.read()
  local path = PANDOC_WRITER_OPTIONS.variables['settings']
  local file = assert(io.open(pandoc.utils.stringify(path:render()), 'r'))
  local settings = pandoc.json.decode(file:read('a'), false)
  file:close()
  return settings
end

return module
