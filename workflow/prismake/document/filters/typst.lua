-- Last filter for the PDF: the parts become calls of the functions in templates/manuscript.typ.

local settings = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), 'settings.lua' })).read()
local profile = settings.profile

local KINDS = { fig = profile.figures, tbl = profile.tables }
local FUNCTIONS = {
  title = 'paper-title', authors = 'authors', affiliation = 'affiliation', front = 'front', abstract = 'abstract',
  keywords = 'keywords',
}
local ALIGNMENTS = { AlignLeft = 'left', AlignCenter = 'center', AlignRight = 'right', AlignDefault = 'left' }

local function raw(text) return pandoc.RawBlock('typst', text) end
local function raw_inline(text) return pandoc.RawInline('typst', text) end

-- A Typst string literal.
local function quoted(text)
  return '"' .. text:gsub('[\\"]', '\\%0'):gsub('\n', ' ') .. '"'
end

-- Text without the blanks at its end; a pattern that looks for these alone takes the square of the blanks inside.
local function trimmed(text) return text:match('.*%S') or '' end

local function markup(blocks)
  return trimmed(pandoc.write(pandoc.Pandoc(blocks),
    { format = 'typst', extensions = { smart = false, citations = false } }, { wrap_text = 'none' }))
end

-- The markup of many pieces at once: one run of the writer is much faster than one for each.
local SEPARATOR = '\1'
local function markup_each(pieces)
  if #pieces == 0 then return {} end
  local blocks = pandoc.List()
  for index, piece in ipairs(pieces) do
    if index > 1 then blocks:insert(raw(SEPARATOR)) end
    blocks:extend(piece)
  end
  local result = {}
  for piece in (markup(blocks) .. SEPARATOR):gmatch('([^' .. SEPARATOR .. ']*)' .. SEPARATOR) do
    result[#result + 1] = trimmed(piece:gsub('^%s+', ''))
  end
  return result
end

local function call(name, blocks)
  return pandoc.List({ raw('#' .. name .. '[') }) .. blocks .. { raw(']') }
end

local function label(kind, number) return '<' .. kind .. '-' .. number .. '>' end

-- The cells of rows, one after the other, as arguments; the headers of rows are bold as those of columns are.
local function cells_of(rows, bold)
  local contents, frames = {}, {}
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do
      contents[#contents + 1] = cell.contents
      local indent, frame = cell.attributes.indent, '[%s]'
      if bold or cell.attributes.header then frame = 'strong' .. frame end
      if indent then frame = 'decimal(' .. indent .. ')' .. frame end
      if cell.col_span > 1 or cell.row_span > 1 then
        -- A heading of several columns has a rule of its own.
        local rule = bold and cell.col_span > 1 and ', stroke: (bottom: 0.5pt)' or ''
        frame = string.format('table.cell(colspan: %d, rowspan: %d%s, %s)', cell.col_span, cell.row_span, rule, frame)
      end
      frames[#contents] = frame
    end
  end
  local arguments = {}
  for index, content in ipairs(markup_each(contents)) do
    arguments[index] = frames[index]:gsub('%%s', function() return content end) .. ',\n'
  end
  return '(' .. table.concat(arguments) .. ')'
end

local function table_call(tbl)
  local widths, alignments = {}, {}
  for index, spec in ipairs(tbl.colspecs) do
    widths[index] = string.format('%.4f%%', spec[2] * 100)
    alignments[index] = ALIGNMENTS[spec[1]]
  end
  local body = pandoc.List()
  for _, part in ipairs(tbl.bodies) do body:extend(part.body) end
  return string.format(
    'ruled-table.with(columns: (%s,), align: (%s,), size: %spt, rows: %d, header-rows: %d, header: %s, cells: %s, footer: %s)',
    table.concat(widths, ', '), table.concat(alignments, ', '), tbl.attributes.size or profile.tables.size_pt,
    #tbl.head.rows + #body + #tbl.foot.rows, #tbl.head.rows, cells_of(tbl.head.rows, true), cells_of(body), cells_of(tbl.foot.rows))
end

local function image_call(image)
  local figure = settings.figures[image.src]
  return string.format('image(%s, alt: %s, width: %s)', quoted(figure.name),
    quoted(pandoc.utils.stringify(image.caption)), image.attributes.width or string.format('%.4fin', figure.width))
end

local function float_blocks(float)
  local kind, number = float.attributes.kind, float.attributes.number
  local words = KINDS[kind]
  local title, body, notes = nil, nil, ''
  for _, block in ipairs(float.content) do
    if block.t == 'Div' and block.classes:includes('caption') then
      -- The point after the number is as bold as the number.
      local point, blank = words.separator:match('^(.-)(%s*)$')
      local name, called = words.lead .. number, nil
      called = words.order == 'number' and name .. '\u{a0}' .. words.label or words.label .. '\u{a0}' .. name
      title = pandoc.Inlines({ pandoc.Strong({ pandoc.Str(called .. point) }), pandoc.Str(blank) })
        .. block.content[1].content
    elseif block.t == 'Div' then
      notes = markup(block.content)
    else
      body = kind == 'tbl' and table_call(block) or image_call(block.content[1])
    end
  end
  if not body then
    return pandoc.List({ raw(string.format('#legend(mark: %s)[%s]', label(kind, number), markup({ pandoc.Plain(title) }))) })
  end
  return pandoc.List({ raw(string.format('#%s(wide: %s, mark: %s, caption: [%s], notes: [%s], %s)',
    kind == 'tbl' and 'table-float' or 'figure-float', float.attributes.wide == '1' and 'true' or 'false',
    label(kind, number), markup({ pandoc.Plain(title) }), notes, body)) })
end

local function reference_entry(div)
  local number, text = pandoc.Inlines({}), pandoc.Inlines({})
  for _, block in ipairs(div.content) do
    for _, inline in ipairs(block.content) do
      if inline.t == 'Span' and inline.classes:includes('csl-left-margin') then
        number = pandoc.Inlines({ pandoc.Str(trimmed(pandoc.utils.stringify(inline))) })
      elseif inline.t == 'Span' and inline.classes:includes('csl-right-inline') then
        text:extend(inline.content)
      else
        text:insert(inline)
      end
    end
  end
  return number, text
end

-- The places of the works in the list, by key. Labels are made of them: they end up in the file as they are, and a key
-- mostly holds an author's name.
local places = {}

local function reference_label(key) return '<ref-' .. (places[key] or 0) .. '>' end

local function reference_list(refs)
  local pieces = {}
  for _, div in ipairs(refs.content) do
    local number, text = reference_entry(div)
    pieces[#pieces + 1] = { pandoc.Plain(number) }
    pieces[#pieces + 1] = { pandoc.Plain(text) }
  end
  local markups, entries = markup_each(pieces), {}
  for index = 1, #refs.content do
    entries[index] = string.format('([%s], [%s], <ref-%d>),', markups[2 * index - 1], markups[2 * index], index)
  end
  return pandoc.List({ raw('#reference-list((\n' .. table.concat(entries, '\n') .. '\n))') })
end

-- Boxes of task lists, which few fonts of text have.
local BOXES = { ['☐'] = true, ['☒'] = true }
-- Typst reads "--", "..." and a hyphen before a digit as other characters: such a word goes through a string literal.
local SHORTHANDS = { '%-%-', '%-%?', '%.%.%.', '%-%d' }
local function literal(word)
  if BOXES[word] then return raw_inline('#checkbox(' .. quoted(word) .. ');') end
  for _, pattern in ipairs(SHORTHANDS) do
    if word:find(pattern) then return raw_inline('#' .. quoted(word) .. ';') end
  end
end

-- A line of words; nil where all of them print as they are, as in most.
local function text(str)
  -- A sign of each of them, of a box the first byte.
  if not str.text:find('[-.\xE2]') then return nil end
  local result, plain = pandoc.Inlines({}), {}
  local function set_plain()
    if #plain > 0 then result:extend({ pandoc.Str(table.concat(plain, ' ')), pandoc.Space() }) end
    plain = {}
  end
  for word in (str.text .. ' '):gmatch('([^ ]*) ') do
    local set = literal(word)
    if set then
      set_plain()
      result:extend({ set, pandoc.Space() })
    else
      plain[#plain + 1] = word
    end
  end
  if #result == 0 then return nil end
  set_plain()
  result:remove()
  return result
end

-- A reading program says what an equation's author wrote.
local function equation(math)
  return raw_inline(string.format('#math.equation(block: %s, alt: %s, %s.body);',
    math.mathtype == 'DisplayMath' and 'true' or 'false', quoted(math.text), markup({ pandoc.Plain({ math }) })))
end

-- Two paragraphs of a tight item would run into one.
local function apart(blocks)
  for index, block in ipairs(blocks) do
    local following = blocks[index + 1]
    if block.t == 'Plain' and following and (following.t == 'Plain' or following.t == 'Para') then
      blocks[index] = pandoc.Para(block.content)
    end
  end
  return blocks
end

-- Pictures in sentences; those of figures have no size of their own.
local function picture(image)
  if image.attributes.width then return raw_inline('#box(' .. image_call(image) .. ');') end
end

local inline_filter = {
  Blocks = apart,
  Str = text,
  Math = equation,
  Image = picture,
  Span = function(span)
    if span.classes[1] == 'csl-left-margin' or span.classes[1] == 'csl-right-inline' then return nil end
    -- The language of words tells a reading program how to speak them.
    if span.attributes.lang then
      local language, region = span.attributes.lang:match('^(%a+)%-?(%a*)')
      local place = #region == 2 and quoted(region) or 'none'
      return pandoc.Inlines({ raw_inline('#text(lang: ' .. quoted(language) .. ', region: ' .. place .. ')[') })
        .. span.content .. { raw_inline('];') }
    end
    if not span.classes:includes('reference') then return span.content end
    return pandoc.Inlines({ raw_inline('#link(' .. label(span.attributes.kind, span.attributes.number) .. ')[') })
      .. span.content .. { raw_inline('];') }
  end,
  Link = function(link)
    local key = link.target:match('^#ref%-(.*)$')
    if not key then return nil end
    return pandoc.Inlines({ raw_inline('#link(' .. reference_label(key) .. ')[') }) .. link.content .. { raw_inline('];') }
  end,
}

-- Whether the first letter of a paragraph that has a direction is of Hebrew, Arabic or a script of their kind.
local function runs_right(block)
  for _, code in utf8.codes(pandoc.utils.stringify(block)) do
    if code >= 0x590 and code < 0x900 or code >= 0xFB1D and code < 0xFE00 or code >= 0xFE70 and code < 0xFF00 then
      return true
    elseif code >= 0xC0 and code < 0x2000 or code >= 0x2E80 or utf8.char(code):match('%a') then
      return false
    end
  end
  return false
end

-- A paragraph behind a table or figure goes on with the text, which stood before it; Typst takes it for an opening.
local function continues(block, before)
  return block.t == 'Para' and before ~= nil and before.t == 'Div' and before.classes:includes('float')
end

local function rewrite(block)
  if block.t == 'Para' and runs_right(block) then return { raw('#text(dir: rtl)['), block, raw(']') } end
  if block.t ~= 'Div' then return { block } end
  if block.classes:includes('mark') then return { raw('#pagebreak(weak: true)') } end
  if block.classes:includes('part') then
    local name = FUNCTIONS[block.attributes.role]
    -- The running head stands in the page header, which the template fills.
    return name and call(name, block.content) or {}
  end
  if block.classes:includes('float') then return float_blocks(block) end
  if block.identifier == 'refs' then return reference_list(block) end
  return { block }
end

function Pandoc(doc)
  for _, block in ipairs(doc.blocks) do
    if block.t == 'Div' and block.identifier == 'refs' then
      for index, entry in ipairs(block.content) do places[(entry.identifier:gsub('^ref%-', ''))] = index end
    end
  end
  local walked = doc:walk(inline_filter)
  local blocks = pandoc.List()
  for index, block in ipairs(walked.blocks) do
    local made = rewrite(block)
    blocks:extend(continues(block, walked.blocks[index - 1]) and call('continued', pandoc.List(made)) or made)
  end
  return pandoc.Pandoc(blocks)
end
