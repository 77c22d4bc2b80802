-- Last filter for Word: the parts become paragraphs of named styles; captions get SEQ fields and bookmarks,
-- cross-references REF fields. Page and section breaks become marked paragraphs that the step turns into properties.

local settings = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), 'settings.lua' })).read()
local profile = settings.profile

local KINDS = { fig = profile.figures, tbl = profile.tables }
local STYLES = {
  title = 'Title', authors = 'Author', affiliation = 'Affiliation', front = 'Title Page', ['running-head'] = 'Running Head',
  abstract = 'Abstract', keywords = 'Keywords',
}
local CAPTIONS = { fig = 'Image Caption', tbl = 'Table Caption' }
-- What pandoc packs for a picture: a PNG of one grey dot, and the name by which the step puts the picture in its place.
-- Packed here, a picture would be packed and unpacked once more.
local DOT = '\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\b\0\0\0\0:~\x9BU' ..
  '\0\0\0\nIDATx\xDAc`\0\0\0\2\0\1\xE5\'\xDE\xFC\0\0\0\0IEND\xAEB`\x82'
local MIME = { png = 'image/png', jpg = 'image/jpeg' }
local ESCAPES = { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;' }

local function escape(text) return (text:gsub('[&<>"]', ESCAPES)) end
local function xml(text) return pandoc.RawInline('openxml', text) end

local function styled(style, blocks)
  return pandoc.Div(blocks, pandoc.Attr('', {}, { ['custom-style'] = style }))
end

local function mark(name)
  return pandoc.RawBlock('openxml',
    '<w:p><w:pPr><w:pStyle w:val="Mark"/></w:pPr><w:r><w:t>' .. name .. '</w:t></w:r></w:p>')
end

local LABEL = '<w:rPr><w:rStyle w:val="CaptionLabel"/></w:rPr>'

local function run(text, is_label)
  return '<w:r>' .. (is_label and LABEL or '') ..
    '<w:t xml:space="preserve">' .. escape(text) .. '</w:t></w:r>'
end

local function field(instruction, result, is_label)
  local properties = is_label and LABEL or ''
  local function piece(content) return '<w:r>' .. properties .. content .. '</w:r>' end
  return piece('<w:fldChar w:fldCharType="begin"/>') ..
    piece('<w:instrText xml:space="preserve"> ' .. instruction .. ' </w:instrText>') ..
    piece('<w:fldChar w:fldCharType="separate"/>') .. run(result, is_label) ..
    piece('<w:fldChar w:fldCharType="end"/>')
end

local bookmarks = 0
local function bookmarked(name, content)
  bookmarks = bookmarks + 1
  return '<w:bookmarkStart w:id="' .. bookmarks .. '" w:name="' .. name .. '"/>' .. content ..
    '<w:bookmarkEnd w:id="' .. bookmarks .. '"/>'
end

local function bookmark(kind, number, form)
  return '_Ref_' .. kind .. '_' .. number .. (form == 'number' and '_number' or '')
end

local function caption(float, content)
  local kind, number = float.attributes.kind, float.attributes.number
  local words = KINDS[kind]
  -- A sequence's name is one word in Word, without the full stop of "Fig.".
  local sequence, number_first = words.label:gsub('%p', ''):gsub('%s', '_'), words.order == 'number'
  if words.lead ~= '' then
    sequence = number_first and words.lead .. '_' .. sequence or sequence .. '_' .. words.lead
  end
  -- The point after the number is as bold as the number.
  local point, blank = words.separator:match('^(.-)(%s*)$')
  -- Alone in its file, a table would count anew from 1.
  local start = settings.only ~= '' and ' \\r ' .. number or ''
  local counted = bookmarked(bookmark(kind, number, 'number'), (words.lead ~= '' and run(words.lead, true) or '') ..
    field('SEQ ' .. sequence .. ' \\* ARABIC' .. start, number, true))
  -- A reference repeats the bookmark's text, whose blank must not break.
  local named = number_first and counted .. run('\u{a0}' .. words.label, true) or run(words.label .. '\u{a0}', true) .. counted
  local label = bookmarked(bookmark(kind, number, 'full'), named)
  local inlines = pandoc.Inlines({ xml(label .. run(point, true) .. run(blank)) })
  return styled(CAPTIONS[kind], { pandoc.Para(inlines .. content) })
end

-- What Word's writer has no word for, as processing instructions that the step turns into properties: the tab stop at
-- which a number stands, the headers of rows, where the foot of a table begins, and the size of one that had to shrink.
local function instruct(cell, instruction)
  local contents = cell.contents
  local first = contents[1]
  if first and (first.t == 'Para' or first.t == 'Plain') then
    first.content:insert(1, xml(instruction))
  else
    contents:insert(1, pandoc.Plain({ xml(instruction) }))
  end
  cell.contents = contents
end

local function instruct_first(rows, instruction)
  if not rows[1] then return false end
  local cells = rows[1].cells
  instruct(cells[1], instruction)
  rows[1].cells = cells
  return true
end

local function mark_body(body)
  for _, row in ipairs(body.body) do
    local cells = row.cells
    for _, cell in ipairs(cells) do
      local point = tonumber(cell.attributes.point)
      if point then instruct(cell, string.format('<?decimal %d?>', math.floor(point * 20 + 0.5))) end
      if cell.attributes.header then instruct(cell, '<?header?>') end
      cell.attr = pandoc.Attr()
    end
    row.cells = cells
  end
end

local function mark_cells(tbl)
  local head, bodies, foot = tbl.head, tbl.bodies, tbl.foot
  for _, body in ipairs(bodies) do mark_body(body) end
  instruct_first(foot.rows, '<?foot?>')
  if tbl.attributes.size then
    local size = '<?size ' .. tbl.attributes.size .. '?>'
    local _ = instruct_first(head.rows, size) or instruct_first(bodies[1].body, size) or instruct_first(foot.rows, size)
  end
  tbl.head, tbl.bodies, tbl.foot = head, bodies, foot
end

local function float_blocks(float)
  local blocks, wide = pandoc.List(), float.attributes.wide == '1'
  local title, body, notes
  for _, block in ipairs(float.content) do
    if block.t == 'Div' and block.classes:includes('caption') then
      title = caption(float, block.content[1].content)
    elseif block.t == 'Div' then
      notes = styled('Table Note', block.content)
    else
      body = block
    end
  end
  if wide then blocks:insert(mark('landscape')) end
  if float.attributes.kind == 'tbl' then
    mark_cells(body)
    body.attr = pandoc.Attr('', {}, { ['custom-style'] = 'Ruled Table' })
    blocks:extend({ title, body, notes })
  elseif body then
    blocks:extend({ styled('Figure', { body }), title, notes })
  else
    blocks:insert(title)
  end
  if wide then blocks:insert(mark('portrait')) end
  return blocks
end

-- The places of the works in the list, by key: bookmarks are named after them, as a key mostly holds an author's name.
local places = {}

local function work_bookmark(key) return '_Work_' .. (places[key] or 0) end

-- A citation leads to its work and looks like text.
local function citation_link(link)
  local key = link.target:match('^#ref%-(.*)$')
  if not key then return nil end
  return pandoc.Inlines({ xml('<w:hyperlink w:anchor="' .. work_bookmark(key) .. '" w:history="1">') }) .. link.content ..
    { xml('</w:hyperlink>') }
end

-- "1." and a tab; the indent hangs in the style.
local function reference_entry(div)
  local content = pandoc.Inlines({})
  for _, block in ipairs(div.content) do
    for _, inline in ipairs(block.content) do
      if inline.t == 'Span' and inline.classes:includes('csl-left-margin') then
        content:insert(pandoc.Str(pandoc.utils.stringify(inline):match('.*%S') or ''))
        content:insert(xml('<w:r><w:tab/></w:r>'))
      elseif inline.t == 'Span' and inline.classes:includes('csl-right-inline') then
        content:extend(inline.content)
      else
        content:insert(inline)
      end
    end
  end
  content:insert(1, xml(bookmarked(work_bookmark((div.identifier:gsub('^ref%-', ''))), '')))
  return styled('Bibliography', { pandoc.Para(content) })
end

-- Live citations: the fields that Zotero's plug-in for Word reads, each with the works it cites, the number as it is
-- printed being the field's result. Their codes are made of texts that the step wrote, so that the same citations give
-- the same bytes.
local function instruction(text)
  return '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ' .. escape(text) ..
    ' </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
end
local FIELD_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'

local function quoted(text) return pandoc.json.encode(text) end

local cited = 0
local function live_citation(cite)
  if not settings.works then return nil end
  cited = cited + 1
  local items = {}
  for _, citation in ipairs(cite.citations) do
    local work = settings.works[citation.id]
    if not work then return nil end
    local more = ''
    if #citation.prefix > 0 then more = more .. ',"prefix":' .. quoted(pandoc.utils.stringify(citation.prefix)) end
    if #citation.suffix > 0 then more = more .. ',"suffix":' .. quoted(pandoc.utils.stringify(citation.suffix)) end
    if citation.mode == 'SuppressAuthor' then more = more .. ',"suppress-author":true' end
    items[#items + 1] = '{"id":' .. quoted(citation.id) .. ',"uris":[' .. quoted('urn:prismake:' .. citation.id) ..
      '],"itemData":' .. work .. more .. '}'
  end
  local printed = quoted(pandoc.utils.stringify(cite.content))
  local code = 'ADDIN ZOTERO_ITEM CSL_CITATION {"citationID":"prismake' .. cited .. '","properties":{"formattedCitation":' ..
    printed .. ',"plainCitation":' .. printed .. ',"noteIndex":0},"citationItems":[' .. table.concat(items, ',') ..
    '],"schema":"https://github.com/citation-style-language/schema/raw/master/csl-citation.json"}'
  return pandoc.Inlines({ xml(instruction(code)) }) .. cite.content .. { xml(FIELD_END) }
end

local function reference_list(entries)
  local blocks = entries:map(reference_entry)
  if settings.works and #blocks > 0 then
    local code = 'ADDIN ZOTERO_BIBL {"uncited":[],"omitted":[],"custom":[]} CSL_BIBLIOGRAPHY'
    blocks[1].content[1].content:insert(1, xml(instruction(code)))
    blocks[#blocks].content[1].content:insert(xml(FIELD_END))
  end
  return blocks
end

-- A quotation inside a quotation moves in further, where Word's writer gives both one style.
local function deepened(depth)
  local inside = depth > 1 and function(para)
    para.content:insert(1, xml('<?quotation ' .. depth .. '?>'))
    return para, false
  end or nil
  return {
    traverse = 'topdown',
    BlockQuote = function(quote) return pandoc.BlockQuote(quote.content:walk(deepened(depth + 1))), false end,
    Para = inside,
  }
end

local inline_filter = {
  traverse = 'topdown',
  Cite = live_citation,
  Link = citation_link,
  Span = function(span)
    -- The language of words tells Word which dictionary they are spelt by.
    if span.attributes.lang then return pandoc.Span(span.content, pandoc.Attr('', {}, { lang = span.attributes.lang })) end
    if not span.classes:includes('reference') then return span.content end
    local at = span.attributes
    return xml(field('REF ' .. bookmark(at.kind, at.number, at.form) .. ' \\h \\* CHARFORMAT',
      pandoc.utils.stringify(span)))
  end,
  Image = function(image)
    local figure = settings.figures[image.src]
    pandoc.mediabag.insert(figure.name, MIME[figure.name:match('%.(%w+)$')], DOT .. figure.name)
    -- A picture in a sentence has a size of its own.
    local width, height = image.attributes.width, image.attributes.height
    return pandoc.Image(image.caption, figure.name, '',
      pandoc.Attr('', {}, { width = width or figure.width .. 'in', height = height or figure.height .. 'in' }))
  end,
  HorizontalRule = function()
    return pandoc.RawBlock('openxml', '<w:p><w:pPr><w:pStyle w:val="HorizontalRule"/></w:pPr></w:p>')
  end,
}

local function rewrite(block)
  if block.t ~= 'Div' then return { block } end
  if block.classes:includes('mark') then return { mark(block.attributes.name) } end
  if block.classes:includes('part') then return { styled(STYLES[block.attributes.role], block.content) } end
  if block.classes:includes('float') then return float_blocks(block) end
  if block.identifier == 'refs' then return reference_list(block.content) end
  return { block }
end

function Pandoc(doc)
  for _, block in ipairs(doc.blocks) do
    if block.t == 'Div' and block.identifier == 'refs' then
      for index, entry in ipairs(block.content) do places[(entry.identifier:gsub('^ref%-', ''))] = index end
    end
  end
  local blocks = pandoc.List()
  for _, block in ipairs(doc.blocks) do blocks:extend(rewrite(block)) end
  local result = pandoc.Pandoc(blocks)
  -- Most texts have none, and looking for them takes a tenth of the filter's time.
  if settings.quotations then result = result:walk(deepened(0)) end
  result = result:walk(inline_filter)
  result.meta = pandoc.Meta({ lang = doc.meta.lang })
  return result
end
