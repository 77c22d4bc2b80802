-- Last filter for JATS: what pandoc's writer has no word for stands between processing instructions, which jats.py
-- makes into elements. Of the title page only the title is kept: jats.py writes the rest from the manuscript's head.

local function xml(text) return pandoc.RawBlock('jats', text) end

local function between(name, blocks, attributes)
  local open = pandoc.List({ xml('<?' .. name .. ' ' .. (attributes or '') .. '?>') })
  open:extend(blocks)
  open:insert(xml('<?end ' .. name .. '?>'))
  return open
end

local function float_blocks(float)
  local inside = pandoc.List()
  for _, block in ipairs(float.content) do
    if block.t == 'Div' then
      inside:extend(between(block.classes[1], block.content))
    else
      inside:extend(between('content', { block }))
    end
  end
  return between('float', inside, float.attributes.kind .. ' ' .. float.attributes.number)
end

local function is_part(block, role)
  return block and block.t == 'Div' and block.classes:includes('part') and block.attributes.role == role
end

-- The lines of a verse: jats.py makes them into elements.
local function verse(block)
  local inlines = pandoc.Inlines({})
  for index, line in ipairs(block.content) do
    inlines:insert(pandoc.RawInline('jats', index == 1 and '<?verse?>' or '<?line?>'))
    inlines:extend(line)
  end
  return pandoc.Para(inlines)
end

-- Pandoc writes an alternative text as it is, so that a sign such as < would end the document.
local escapes = { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;' }

local inline_filter = {
  Image = function(image)
    local text = pandoc.utils.stringify(image.caption):gsub('[&<>]', escapes)
    image.caption = pandoc.Inlines({ pandoc.Str(text) })
    return image
  end,
  LineBlock = verse,
  -- The tag set has no rule between paragraphs.
  HorizontalRule = function() return pandoc.RawBlock('jats', '<p content-type="thematic-break">⁂</p>') end,
  Span = function(span)
    if not span.classes:includes('reference') then return span.content end
    local at = span.attributes
    return pandoc.RawInline('jats', string.format('<xref ref-type="%s" rid="%s-%s">%s</xref>',
      at.kind == 'tbl' and 'table' or 'fig', at.kind, at.number, pandoc.utils.stringify(span)))
  end,
}

function Pandoc(doc)
  local blocks = pandoc.List()
  for index, block in ipairs(doc.blocks) do
    if is_part(block, 'abstract') or is_part(block, 'title') then
      blocks:extend(between(block.attributes.role, block.content))
    elseif block.t == 'Div' and block.classes:includes('float') then
      blocks:extend(float_blocks(block))
    elseif block.t == 'Div' and (block.classes:includes('part') or block.classes:includes('mark')) then
      -- of the title page
    elseif block.t == 'Header' and is_part(doc.blocks[index + 1], 'abstract') then
      -- its heading is the element's own
    else
      blocks:insert(block)
    end
  end
  local result = pandoc.Pandoc(blocks):walk(inline_filter)
  result.meta = doc.meta
  return result
end
