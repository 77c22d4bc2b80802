-- After the citations are resolved, so that all numbers are those of the whole manuscript: the regions that this variant
-- of the document has, or one figure or table alone. A reference to what is not in the file stays as plain text.

local settings = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), 'settings.lua' })).read()

local function is(block, class) return block.t == 'Div' and block.classes:includes(class) end

local function is_mark(block) return is(block, 'mark') and block.attributes.name == 'page' end

-- `only` names one float ("tbl-2"); else `parts` lists the regions that stay.
local function selected(blocks)
  local kept = pandoc.List()
  for _, block in ipairs(blocks) do
    if is(block, 'region') then
      if settings.only ~= '' then
        kept:extend(selected(block.content))
      elseif pandoc.List(settings.parts):includes(block.attributes.name) then
        kept:extend(block.content)
      end
    elseif settings.only ~= '' then
      local at = block.attributes
      if is(block, 'float') and at.kind .. '-' .. at.number == settings.only then kept:insert(block) end
    else
      kept:insert(block)
    end
  end
  return kept
end

-- Pages begin between things: not before the first, nor twice in a row.
local function without_idle_marks(blocks)
  local kept, started = pandoc.List(), false
  for index, block in ipairs(blocks) do
    local following = blocks[index + 1]
    local idle = is_mark(block) and (not started or not following or is_mark(following))
    if not idle then kept:insert(block) end
    started = started or not (is_mark(block) or (is(block, 'part') and block.attributes.role == 'running-head'))
  end
  return kept
end

function Pandoc(doc)
  local blocks, there = without_idle_marks(selected(doc.blocks)), {}
  for _, block in ipairs(blocks) do
    if is(block, 'float') then there[block.attributes.kind .. '-' .. block.attributes.number] = true end
  end
  doc.blocks = blocks
  return doc:walk({
    Span = function(span)
      local at = span.attributes
      if span.classes:includes('reference') and not there[at.kind .. '-' .. at.number] then return span.content end
    end,
    -- Citations in a file without the reference list lead nowhere.
    Link = function(link)
      local lists = settings.only == '' and pandoc.List(settings.parts):includes('references')
      if link.target:sub(1, 1) == '#' and not lists then return link.content end
    end,
  })
end
