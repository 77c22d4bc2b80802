-- Last filter for the edition to read: what pandoc's HTML writer has no word for becomes elements with classes, which
-- prismake.web finishes. Pages, running heads and places where a float belongs mean nothing there.

local settings = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), 'settings.lua' })).read()
local KINDS = { tbl = settings.profile.tables, fig = settings.profile.figures }

-- "Table 2", or with the number alone.
local function label(kind, number, form)
  local words = KINDS[kind]
  local own = words.lead .. number
  if form == 'number' then return own end
  return words.order == 'number' and own .. '\u{a0}' .. words.label or words.label .. '\u{a0}' .. own
end

local function caption(float, content)
  local kind, number = float.attributes.kind, float.attributes.number
  local point = KINDS[kind].separator:match('^(.-)%s*$')
  local name = pandoc.Span({ pandoc.Str(label(kind, number, 'full')) }, pandoc.Attr('', { 'numbering' }))
  local inlines = pandoc.Inlines({ pandoc.Span({ name, pandoc.Str(point) }, pandoc.Attr('', { 'label' })), pandoc.Space() })
  return pandoc.Div({ pandoc.Para(inlines .. content) }, pandoc.Attr('', { 'caption' }))
end

local function float_block(float)
  local blocks = pandoc.List()
  for _, block in ipairs(float.content) do
    if block.t == 'Div' and block.classes:includes('caption') then
      blocks:insert(1, caption(float, block.content[1].content))
    elseif block.t ~= 'Div' or #block.content > 0 then
      blocks:insert(block)
    end
  end
  local at = float.attributes
  return pandoc.Div(blocks, pandoc.Attr(at.kind .. '-' .. at.number, { 'float', at.kind, at.wide == '1' and 'wide' or 'narrow' }))
end

local function reference(span)
  if not span.classes:includes('reference') then return nil end
  local at = span.attributes
  return pandoc.Link(span.content, '#' .. at.kind .. '-' .. at.number, '', pandoc.Attr('', { 'reference' }))
end

local function image(picture)
  local figure = settings.figures[picture.src]
  if not figure then return nil end
  picture.src = figure.name
  -- A picture in a sentence has a size of its own.
  local width, height = picture.attributes.width, picture.attributes.height
  if not width and not height then width = figure.width .. 'in' end
  picture.attributes = { source = figure.name, ['data-width'] = width, ['data-height'] = height }
  return picture
end

function Pandoc(doc)
  local blocks = pandoc.List()
  for _, block in ipairs(doc.blocks) do
    local role = block.t == 'Div' and block.classes:includes('part') and block.attributes.role
    if role then
      if role ~= 'running-head' then
        blocks:insert(pandoc.Div(block.content, pandoc.Attr('', { 'part', role })))
      end
    elseif block.t == 'Div' and block.classes:includes('mark') then
      -- a page of paper
    elseif block.t == 'Div' and block.classes:includes('float') then
      blocks:insert(float_block(block))
    else
      blocks:insert(block)
    end
  end
  local result = pandoc.Pandoc(blocks):walk({ Span = reference, Image = image })
  result.meta = doc.meta
  return result
end
