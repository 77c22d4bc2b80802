-- First filter, before the citations are resolved: the manuscript's Markdown becomes a plain vocabulary of parts that
-- the later filters and both writers share.
--   Div.region name=…    a part of the document that a variant may leave out: title-page, head (the title alone), abstract,
--                        body, references, floats (what stands after the references), apart (what is a file of its
--                        own), legends (the captions of such figures), site (what is typed into the journal's site)
--   Div.part role=…      a piece of the title page
--   Div.float            a table or figure: kind, number, wide; holds Div.caption, the table or image, Div.notes; in
--                        the list of legends the caption alone
--   Div.mark name=page   what follows starts a new page
--   Span.reference       a cross-reference: kind, number, form (full, number)
--   Span.first-cited     hidden: citations that stand in a table, counted where the table is first mentioned
-- Nothing that could carry code into a document passes: raw markup of another format stops the build, attributes and
-- foreign links go, comments are dropped. Every fault of the manuscript is collected, and all are reported at once.

local settings = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), 'settings.lua' })).read()
local profile = settings.profile
local stringify = pandoc.utils.stringify
local with_heading, run_in

local KINDS = { fig = profile.figures, tbl = profile.tables }

local issues = {}
local function issue(code, message, what, fix)
  issues[#issues + 1] = { code = code, message = message, what = what, fix = fix }
end

local function stop_on_issues()
  if #issues > 0 then
    io.stderr:write('ISSUES ' .. pandoc.json.encode(issues) .. '\n')
    error('the manuscript has faults')
  end
end

local function part(role, content)
  return pandoc.Div(content, pandoc.Attr('', { 'part' }, { role = role }))
end

local function mark(name)
  return pandoc.Div({}, pandoc.Attr('', { 'mark' }, { name = name }))
end

local function region(name, content)
  return pandoc.Div(content, pandoc.Attr('', { 'region' }, { name = name }))
end

local function kind_of(identifier)
  local prefix = identifier:match('^(%a+):')
  return prefix and KINDS[prefix] and prefix or nil
end

-- Quotation marks as text: Typst and Word must not choose them again.
local QUOTES = { DoubleQuote = { '“', '”' }, SingleQuote = { '‘', '’' } }

local SAFE_LINK = { 'https://', 'http://', 'mailto:' }
local function is_safe(target)
  for _, start in ipairs(SAFE_LINK) do
    if target:lower():sub(1, #start) == start then return true end
  end
  return false
end

-- What a person may have meant by raw markup, and how to write it here.
local RAW_FIXES = {
  html = 'write it in Markdown, or escape the sign: \\<; comments <!-- … --> are allowed',
  tex = 'write it in Markdown (mathematics stands between dollar signs), or escape the backslash: \\\\',
}

-- Comments are for the authors; all other raw markup would be printed as source, or lost.
local reported_html = false
local function raw(element)
  -- The end of a tag whose start is reported is no fault of its own.
  if reported_html and element.text:find('^%s*</') then return {} end
  local rest = element.format == 'html' and element.text:gsub('<!%-%-.-%-%->', '') or element.text
  if rest:find('%S') then
    local line = rest:match('%S[^\n]*')
    reported_html = element.format == 'html'
    issue('raw-markup', 'raw ' .. element.format .. ' cannot be set', line,
      RAW_FIXES[element.format] or 'write it in Markdown, or take it out')
  end
  return {}
end

local function is_blank(inline) return inline and (inline.t == 'Space' or inline.t == 'SoftBreak') end

-- A paragraph without the blanks around it that a comment left; none where nothing else stood in it.
local function trimmed(block)
  local inlines = block.content
  while is_blank(inlines[1]) do inlines:remove(1) end
  while is_blank(inlines[#inlines]) do inlines:remove() end
  if #inlines == 0 then return {} end
  block.content = inlines
  return block
end

local function has_note(inlines)
  local there = false
  inlines:walk({ Note = function() there = true end })
  return there
end

local clean = {
  RawBlock = raw,
  RawInline = raw,
  Para = trimmed,
  Plain = trimmed,
  Cite = function(cite)
    for _, citation in ipairs(cite.citations) do
      if has_note(citation.prefix) or has_note(citation.suffix) then
        issue('note-in-citation', 'a footnote stands inside a citation', citation.id,
          'put the note behind the bracket, or its words into the citation')
      end
    end
  end,
  Span = function(span)
    -- What its author marked as telling who wrote the manuscript: [our clinic]{.identifying}.
    if settings.blinded and span.classes:includes('identifying') then
      return pandoc.Str(profile.blinding.placeholder)
    end
    -- The end of a line of a table's cell.
    if span.classes:includes('line') then return pandoc.LineBreak() end
    return span.content
  end,
  Inlines = function(inlines)
    local tight = pandoc.Inlines({})
    for index, inline in ipairs(inlines) do
      local before, after = inlines[index - 1], inlines[index + 1]
      local beside = before and before.t == 'LineBreak' or after and after.t == 'LineBreak'
      if not (is_blank(inline) and (beside or is_blank(before))) then tight:insert(inline) end
    end
    return tight
  end,
  Code = function(code) return pandoc.Code(code.text) end,
  CodeBlock = function(block)
    local language = (block.classes[1] or ''):match('^[%w+#-]+$')
    return pandoc.CodeBlock(block.text, pandoc.Attr('', language and { language } or {}))
  end,
  Quoted = function(quoted)
    local marks = QUOTES[quoted.quotetype]
    return pandoc.Inlines({ pandoc.Str(marks[1]) }) .. quoted.content .. { pandoc.Str(marks[2]) }
  end,
  Link = function(link)
    if not is_safe(link.target) then return link.content end
    link.attr = pandoc.Attr()
    return link
  end,
}

-- Figures and tables -------------------------------------------------------------------------------------------

local floats = {} -- by identifier
local order = {}  -- identifiers as they stand

local function declare(identifier, float)
  if floats[identifier] then
    issue('repeated-identifier', 'the identifier stands twice', identifier, 'give each figure and table its own')
    return
  end
  floats[identifier] = float
  order[#order + 1] = identifier
end

-- Blocks as one run of inlines.
local function run_of(blocks) return pandoc.utils.blocks_to_inlines(blocks, { pandoc.Space() }) end

-- The caption as inlines, with the point at its end that the journal wants there or does not want.
local function caption_inlines(caption, ending)
  local inlines = pandoc.Inlines(run_of(caption.long))
  local last = inlines[#inlines]
  if ending == 'point' and not stringify(inlines):find('[.?!]$') then
    inlines:insert(pandoc.Str('.'))
  elseif ending == 'none' and last and last.t == 'Str' then
    inlines[#inlines] = pandoc.Str((last.text:gsub('%.$', '')))
  end
  return inlines
end

local function read_figure(figure)
  local image
  figure:walk({ Image = function(found) image = found end })
  local caption = caption_inlines(figure.caption, profile.figures['end'])
  local identifier = figure.identifier
  if not kind_of(identifier) then
    issue('no-identifier', 'a figure has no identifier', image and image.src or stringify(caption),
      'write {#fig:name alt="…"} after the image')
    return
  end
  -- Without an alt text of its own a picture has its caption for one.
  if stringify(image.caption) == '' or stringify(image.caption) == stringify(figure.caption.long) then
    issue('no-alt-text', 'the figure has no alt text of its own', identifier,
      'add alt="what the figure shows" to its attributes')
  end
  if #caption == 0 then
    issue('no-caption', 'the figure has no caption', identifier, 'write it between the brackets: ![Caption](file)')
  end
  declare(identifier, {
    kind = 'fig', wide = false, caption = caption,
    content = { pandoc.Para({ pandoc.Image(image.caption, image.src) }) },
    notes = {},
  })
end

local ALIGNMENTS = { l = 'AlignLeft', c = 'AlignCenter', r = 'AlignRight', d = 'AlignCenter' }

-- The table in a block, and what else stands in it as its notes.
local function parts_of_table(block)
  if block.t == 'Table' then return block, pandoc.List() end
  local found, notes = nil, pandoc.List()
  for _, inner in ipairs(block.content) do
    if inner.t == 'Table' then
      found = inner
    elseif inner.t == 'Div' then
      notes:extend(inner.content)
    else
      notes:insert(inner)
    end
  end
  return found, notes
end

-- A picture alone in a cell is a picture, not a figure.
local function picture_in_cell(figure)
  if figure.identifier ~= '' then
    issue('figure-in-table', 'a figure stands in the cell of a table', figure.identifier,
      'take its identifier out, or place the figure outside the table')
  end
  return run_of(figure.content)[1] and pandoc.Plain(run_of(figure.content)) or {}
end

-- `block`: a division that holds a table, or a table that names itself (": Caption {#tbl:name}").
local function read_table(block)
  local identifier = block.identifier
  local found, notes = parts_of_table(block)
  if not found then
    issue('no-table', 'the block of a table holds no table', identifier, 'write a pipe table in it')
    return
  end
  if not kind_of(identifier) then
    local words, first = stringify(found.caption.long), nil
    found:walk({ Str = function(str) first = first or str.text end })
    issue('no-identifier', 'a table has no identifier', words ~= '' and words or first or '|',
      'put it between ::: {#tbl:name .table} and :::')
    return
  end
  local caption = caption_inlines(found.caption, profile.tables['end'])
  if #caption == 0 then
    issue('no-caption', 'the table has no caption', identifier, 'add a line ": Caption" under it')
  end
  local letters = {}
  for letter in (block.attributes.align or ''):gmatch('%a') do letters[#letters + 1] = letter end
  local shares = {}
  for share in (block.attributes.widths or ''):gmatch('%S+') do shares[#shares + 1] = tonumber(share) end
  found.colspecs = found.colspecs:map(function(spec, column)
    return { ALIGNMENTS[letters[column]] or spec[1], shares[column] }
  end)
  local rows = 0
  for _, body in ipairs(found.bodies) do rows = rows + #body.body end
  rows = rows + #found.foot.rows
  if rows == 0 then issue('empty-table', 'the table has no rows', identifier, 'take it out, or fill it') end
  -- Numbers of these columns stand under one another at their points.
  local wide = block.classes:includes('wide')
  found = found:walk({ Figure = picture_in_cell, Table = function()
    issue('table-in-table', 'a table stands in the cell of a table', identifier, 'make it a table of its own')
  end })
  found.attr = pandoc.Attr('', {}, { decimal = table.concat(letters) })
  found.caption = pandoc.Caption()
  declare(identifier, {
    kind = 'tbl', caption = caption, content = { found }, notes = notes,
    wide = wide or #found.colspecs >= profile.tables.landscape_from,
  })
end

local function is_float(block)
  return block.t == 'Figure' or block.t == 'Table' or block.t == 'Div' and kind_of(block.identifier) == 'tbl'
end

local function stand_in(float)
  local read = float.t == 'Figure' and read_figure or read_table
  read(float)
  return pandoc.Div({}, pandoc.Attr('', { 'stand-in' }, { target = float.identifier }))
end

-- A list without the items, and a quotation without the paragraphs, of which nothing is left.
local function without_empty(list)
  list.content = list.content:filter(function(item) return #item > 0 end)
  return #list.content > 0 and list or {}
end

-- Takes the figures and tables out of a quotation, list or other block: [the block without them, a stand-in for each].
local function lift_floats(block)
  local lifted = pandoc.List()
  local function lift(float)
    if not is_float(float) then return nil end
    lifted:insert(stand_in(float))
    return {}, false
  end
  local rest = pandoc.Blocks({ block }):walk({ traverse = 'topdown', Figure = lift, Table = lift, Div = lift })
  if #lifted > 0 then
    rest = rest:walk({
      BulletList = without_empty, OrderedList = without_empty,
      BlockQuote = function(quote) return #quote.content > 0 and quote or {} end,
    })
  end
  return pandoc.List(rest) .. lifted
end

-- Takes the figures and tables out of the body; what stays behind is a stand-in that says where each was. One inside a
-- quotation or a list stands behind it.
local function take_floats(blocks)
  local body = pandoc.List()
  for _, block in ipairs(blocks) do
    if is_float(block) then
      body:insert(stand_in(block))
    else
      body:extend(lift_floats(block))
    end
  end
  return body
end

-- Figures and tables are numbered where they are first mentioned, and must stand in that order.
local function number_floats(blocks)
  local mentioned, counts = {}, { fig = 0, tbl = 0 }
  pandoc.Pandoc(blocks):walk({
    traverse = 'topdown',
    Cite = function(cite)
      for _, citation in ipairs(cite.citations) do
        local float = floats[citation.id]
        if float and not float.number then
          counts[float.kind] = counts[float.kind] + 1
          float.number = counts[float.kind]
          mentioned[#mentioned + 1] = citation.id
        end
      end
    end,
  })
  local last = { fig = 0, tbl = 0 }
  for _, identifier in ipairs(order) do
    local float = floats[identifier]
    if not float.number then
      issue('never-mentioned', 'the text never mentions it', identifier, 'refer to it as [@' .. identifier .. ']')
    elseif float.number < last[float.kind] then
      issue('out-of-order', 'it is mentioned before another one that stands ahead of it', identifier,
        'mention figures and tables in the order in which they stand')
    else
      last[float.kind] = float.number
    end
  end
end

local function float_block(identifier)
  local float = floats[identifier]
  local content = pandoc.List({ pandoc.Div({ pandoc.Para(float.caption) }, pandoc.Attr('', { 'caption' })) })
  content:extend(float.content)
  content:insert(pandoc.Div(float.notes, pandoc.Attr('', { 'notes' })))
  return pandoc.Div(content, pandoc.Attr('', { 'float' }, {
    kind = float.kind, number = tostring(float.number), wide = float.wide and '1' or '0',
  }))
end

-- The caption of a figure that is a file of its own.
local function legend(float)
  local content = float.content:filter(function(block) return block.t == 'Div' and block.classes:includes('caption') end)
  return pandoc.Div(content, pandoc.Attr('', { 'float' }, { kind = 'fig', number = float.attributes.number, wide = '0' }))
end

-- Where a journal wants no list of such captions, each stands where its figure would.
local function stays_as_legend(float)
  return float.kind == 'fig' and profile.figures.placement == 'separate' and profile.figures.legends == ''
end

-- A line that says where a figure or table belongs that stands elsewhere.
local function callout(float)
  local words = KINDS[float.kind]
  if words.callout == '' then return {} end
  local text = words.callout:gsub('{label}', function() return words.label .. ' ' .. float.number end)
  return { pandoc.Para({ pandoc.Str(text) }) }
end

-- The body with its floats where the journal wants them, and those that leave it: after the references, or as files.
local function put_floats_back(blocks)
  local body, waiting = pandoc.List(), pandoc.List()
  local last, apart = { tbl = pandoc.List(), fig = pandoc.List() }, { tbl = pandoc.List(), fig = pandoc.List() }
  for _, block in ipairs(blocks) do
    if block.t == 'Div' and block.classes:includes('stand-in') then
      local identifier = block.attributes.target
      local float = floats[identifier]
      local place = KINDS[float.kind].placement
      local target = place == 'text' and body or place == 'section' and waiting or place == 'end' and last[float.kind]
        or apart[float.kind]
      if stays_as_legend(float) then
        body:insert(legend(float_block(identifier)))
      elseif place == 'end' or place == 'separate' then
        body:extend(callout(float))
      end
      target:insert(float_block(identifier))
    else
      if block.t == 'Header' and block.level == 1 then
        body:extend(waiting)
        waiting = pandoc.List()
      end
      body:insert(block)
    end
  end
  body:extend(waiting)
  return body, last, apart
end

-- Floats after the references: tables, then figures, each on a page of its own.
local function at_the_end(last)
  local blocks = pandoc.List()
  for _, kind in ipairs({ 'tbl', 'fig' }) do
    for _, float in ipairs(last[kind]) do
      -- A wide one has a section, and so a page, of its own.
      if float.attributes.wide == '0' then blocks:insert(mark('page')) end
      blocks:insert(float)
    end
  end
  return blocks
end

-- The captions of figures that are files of their own.
local function legends(figures)
  if #figures == 0 or profile.figures.legends == '' then return pandoc.List() end
  local blocks = pandoc.List({ mark('page'), pandoc.Header(1, { pandoc.Str(profile.figures.legends) }) })
  for _, float in ipairs(figures) do blocks:insert(legend(float)) end
  return blocks
end

-- Cross-references and citations -------------------------------------------------------------------------------

local function reference(kind, number, form)
  local text = form == 'full' and (KINDS[kind].label .. ' ' .. number) or tostring(number)
  return pandoc.Span({ pandoc.Str(text) },
    pandoc.Attr('', { 'reference' }, { kind = kind, number = tostring(number), form = form }))
end

-- "Table 1", "Tables 1 and 3", "Tables 1–3 and 5": one reference a number, ranges from three on.
local function references_of(kind, numbers)
  if #numbers == 1 then return pandoc.Inlines({ reference(kind, numbers[1], 'full') }) end
  table.sort(numbers)
  local pieces, first = {}, 1
  while first <= #numbers do
    local last = first
    while numbers[last + 1] == numbers[last] + 1 do last = last + 1 end
    if last - first >= 2 then
      pieces[#pieces + 1] = pandoc.Inlines({ reference(kind, numbers[first], 'number'), pandoc.Str('–'),
        reference(kind, numbers[last], 'number') })
    else
      for index = first, last do
        pieces[#pieces + 1] = pandoc.Inlines({ reference(kind, numbers[index], 'number') })
      end
    end
    first = last + 1
  end
  local inlines = pandoc.Inlines({ pandoc.Str(KINDS[kind].plural), pandoc.Space() })
  for index, piece in ipairs(pieces) do
    if index > 1 then
      local joint = index < #pieces and ', ' or (#pieces > 2 and ', and ' or ' and ')
      inlines:insert(pandoc.Str(joint))
    end
    inlines:extend(piece)
  end
  return inlines
end

local first_mentions = {}

-- The citations of a table's cells, caption and notes, in reading order, as one hidden group.
local function citations_in(float)
  local hidden = pandoc.List()
  local blocks = pandoc.List({ pandoc.Plain(float.caption) })
  blocks:extend(float.content)
  blocks:extend(float.notes)
  pandoc.Pandoc(blocks):walk({
    traverse = 'topdown',
    Cite = function(cite)
      for _, citation in ipairs(cite.citations) do
        if not kind_of(citation.id) then
          hidden:insert(pandoc.Cite({}, { pandoc.Citation(citation.id, 'NormalCitation') }))
        end
      end
    end,
  })
  return hidden
end

local function cross_reference(cite)
  local targets, prefix, suffix, kind = {}, pandoc.Inlines({}), pandoc.Inlines({}), nil
  for index, citation in ipairs(cite.citations) do
    local float = floats[citation.id]
    if not float then
      issue('unknown-reference', 'refers to a figure or table that is not there', citation.id,
        'here: ' .. table.concat(order, ', '))
      return {}
    end
    if kind and kind ~= float.kind then
      issue('mixed-reference', 'one bracket refers to figures and to tables', citation.id, 'use a bracket for each')
      return {}
    end
    kind = float.kind
    targets[#targets + 1] = float.number
    if index == 1 and #citation.prefix > 0 then prefix = citation.prefix .. { pandoc.Space() } end
    if index == #cite.citations then suffix = citation.suffix end
    -- A panel follows its figure's number without a blank: [@fig:site B] is "Figure 1B".
    if float.kind == 'fig' and #suffix >= 2 and suffix[1].t == 'Space' and suffix[2].t == 'Str'
      and suffix[2].text:gsub('–', '-'):match('^%u[%u,-]*%p?$') then
      suffix:remove(1)
    end
  end
  local inlines = prefix .. references_of(kind, targets) .. suffix
  for _, citation in ipairs(cite.citations) do
    if not first_mentions[citation.id] then
      first_mentions[citation.id] = true
      local hidden = citations_in(floats[citation.id])
      if #hidden > 0 then inlines:insert(pandoc.Span(hidden, pandoc.Attr('', { 'first-cited' }))) end
    end
  end
  return inlines
end

-- "Yu et al [@yu2017]" is "Yu et al (2017)" in a journal that cites by author and year: where one of the words before a
-- citation is the first author's name, the citation does not say it again.
local WORDS_BEFORE = 4
local family_names = {}

local function names_its_author(inlines, index)
  local name = family_names[inlines[index].citations[1].id]
  local seen = 0
  while name and index > 1 and seen < WORDS_BEFORE do
    index = index - 1
    local before = inlines[index]
    if before.t == 'Str' then
      seen = seen + 1
      local word = before.text:gsub('^[“‘(]+', ''):gsub('[,’].*$', '')
      if word == name then return true end
      if before.text:find('[.?!;:]$') and before.text ~= 'al.' then return false end
    elseif before.t ~= 'Space' and before.t ~= 'SoftBreak' then
      return false
    end
  end
  return false
end

local function without_second_naming(inlines)
  for index, inline in ipairs(inlines) do
    if inline.t == 'Cite' and #inline.citations == 1 and inline.citations[1].mode == 'NormalCitation'
      and names_its_author(inlines, index) then
      local citation = inline.citations[1]
      citation.mode = 'SuppressAuthor'
      inlines[index] = pandoc.Cite(inline.content, { citation })
    end
  end
  return inlines
end

-- "[@a][@b]" comes as a bracket in letters around a citation in the text, and a second citation.
local function bracketed(inlines, index)
  local before, cite, after, following = table.unpack(inlines, index, index + 3)
  return before.t == 'Str' and before.text:match('%[$') and cite and cite.t == 'Cite'
    and cite.citations[1].mode == 'AuthorInText' and after and after.t == 'Str' and after.text == ']'
    and following and following.t == 'Cite'
end

local function unbracketed(inlines)
  local result, index = pandoc.Inlines({}), 1
  while index <= #inlines do
    if bracketed(inlines, index) then
      local before, cite = inlines[index].text:sub(1, -2), inlines[index + 1]
      if before ~= '' then result:insert(pandoc.Str(before)) end
      local citations = cite.citations:map(function(citation)
        citation.mode = 'NormalCitation'
        return citation
      end)
      result:insert(pandoc.Cite(cite.content, citations))
      index = index + 3
    else
      result:insert(inlines[index])
      index = index + 1
    end
  end
  return result
end

local function is_grouped(inline)
  if not inline or inline.t ~= 'Cite' then return false end
  for _, citation in ipairs(inline.citations) do
    if citation.mode == 'AuthorInText' or kind_of(citation.id) then return false end
  end
  return true
end

-- Citations side by side are one group.
local function grouped(inlines)
  local result = pandoc.Inlines({})
  for _, inline in ipairs(unbracketed(inlines)) do
    local at = is_blank(result[#result]) and #result - 1 or #result
    if is_grouped(inline) and is_grouped(result[at]) then
      if at < #result then result:remove() end
      result[at] = pandoc.Cite(result[at].content .. inline.content, result[at].citations .. inline.citations)
    else
      result:insert(inline)
    end
  end
  return result
end

local names_in_text = {}

-- "Adams", "Adams and Baker", "Adams et al": what a style that numbers does not print of a citation in running text.
local function names_of(entry)
  local people = entry.author or entry.editor
  if not people then return nil end
  local names = {}
  for index, person in ipairs(people) do names[index] = stringify(person.family or person.literal or person.given or '') end
  if #names > 2 then return names[1] .. ' et al' end
  return table.concat(names, ' and ')
end

local function with_names(cite)
  local citation = cite.citations[1]
  if citation.mode ~= 'AuthorInText' or kind_of(citation.id) then return nil end
  local name = names_in_text[citation.id]
  if name == nil then return nil end
  if name == '' then
    issue('no-author', 'the text names the author of a work that has none', citation.id, 'cite it in brackets: [@' .. citation.id .. ']')
    return nil
  end
  citation.mode = 'NormalCitation'
  local rest = pandoc.List({ table.unpack(cite.citations, 2) })
  local inlines = pandoc.Inlines({})
  for word in name:gmatch('%S+') do
    if #inlines > 0 then inlines:insert(pandoc.Space()) end
    inlines:insert(pandoc.Str(word))
  end
  inlines:insert(pandoc.Cite(cite.content, pandoc.List({ citation }) .. rest))
  return inlines
end

local function resolve(known)
  return {
    traverse = 'topdown',
    Cite = function(cite)
      local crossing = 0
      for _, citation in ipairs(cite.citations) do
        if kind_of(citation.id) then
          crossing = crossing + 1
        elseif not known[citation.id] then
          issue('unknown-citation', 'cites a key that the bibliography does not have', citation.id,
            'add the entry to references.bib, or correct the key')
        end
      end
      if crossing == 0 then return nil end
      if crossing < #cite.citations then
        issue('mixed-reference', 'one bracket holds a citation and a cross-reference', stringify(cite.content),
          'use a bracket for each')
        return {}, false
      end
      return cross_reference(cite), false
    end,
  }
end

-- Pictures in sentences ------------------------------------------------------------------------------------------

local INCHES = { ['in'] = 1, inch = 1, cm = 1 / 2.54, mm = 1 / 25.4, pt = 1 / 72, px = 1 / 96, [''] = 1 / 96 }

local function inches(length)
  local number, unit = (length or ''):match('^%s*([%d.]+)%s*(%a*%%?)%s*$')
  if unit == '%' then return tonumber(number) / 100 * settings.page.text_width / 72 end
  return INCHES[unit] and tonumber(number) and tonumber(number) * INCHES[unit]
end

-- A picture in a sentence: as wide or as high as its author asks, else at its own size, never wider than the text.
local function sized(image)
  local figure = settings.figures[image.src]
  if not figure then return nil end
  local alt = image.attributes.alt or stringify(image.caption)
  if alt == '' then
    issue('no-alt-text', 'a picture in the text has no alt text', image.src, 'write it between the brackets: ![what it shows](file)')
  end
  local shape = figure.height / figure.width
  local height = inches(image.attributes.height)
  local width = inches(image.attributes.width) or height and height / shape or figure.width
  width = math.min(width, settings.page.text_width / 72)
  return pandoc.Image({ pandoc.Str(alt) }, image.src, '', pandoc.Attr('', {}, {
    width = string.format('%.4fin', width), height = string.format('%.4fin', width * shape),
  }))
end

-- Body ---------------------------------------------------------------------------------------------------------

local function is_known_div(div)
  return kind_of(div.identifier) == 'tbl' or div.classes:includes('notes')
end

local function check_body(blocks)
  local level = 0
  for _, block in ipairs(blocks) do
    if block.t ~= 'Header' then
      pandoc.Blocks({ block }):walk({
        Header = function(header)
          issue('nested-heading', 'a heading stands inside a list, a quotation or a note', stringify(header),
            'move it out, or make it bold text')
        end,
      })
    end
  end
  blocks:walk({
    Header = function(header)
      if header.level > level + 1 then
        issue('heading-skips', 'the heading skips a level', stringify(header), 'use ' .. ('#'):rep(level + 1))
      end
      level = header.level
    end,
    Image = function(image)
      if not settings.figures[image.src] then
        issue('missing-figure', "the image's file is not among those that the workflow made", image.src,
          'files here: ' .. table.concat(settings.figure_names, ', '))
      end
    end,
  })
end

local function unwrap(div)
  if is_known_div(div) then return nil end
  return div.content
end

local function plain_header(header)
  header.attr = pandoc.Attr()
  return header
end

-- Sections -----------------------------------------------------------------------------------------------------

local RULES = {} -- what the journal says of sections, by role
for index, rule in ipairs(profile.sections) do
  RULES[rule.role] = { index = index, name = rule.name, place = rule.place, ahead = rule.ahead }
end

local WITHHELD = {}
if settings.blinded then
  for _, role in ipairs(profile.blinding.withheld) do WITHHELD[role] = true end
end

-- The manuscript cut at its headings of the first level. The heading of the references goes: the journal names it.
local function sections_of(blocks)
  local sections = pandoc.List({ { blocks = pandoc.List() } })
  for _, block in ipairs(blocks) do
    if block.t == 'Header' and block.level == 1 then
      if block.identifier ~= 'references' then
        local role = block.attributes.role or block.identifier
        local rule = RULES[role] or { index = math.huge, place = 'text' }
        sections:insert({
          name = rule.name and pandoc.Inlines({ pandoc.Str(rule.name) }) or block.content, rule = rule, role = role,
          declaration = block.classes:includes('declaration'), numbered = not block.classes:includes('unnumbered'),
          blocks = pandoc.List(),
        })
      end
    else
      sections[#sections].blocks:insert(block)
    end
  end
  for _, section in ipairs(sections) do
    if WITHHELD[section.role] then
      section.blocks = pandoc.List({ pandoc.Para({ pandoc.Str(profile.blinding.placeholder) }) })
    end
  end
  return sections
end

-- A section under its heading; `deeper` levels below the first.
with_heading = function(section, deeper)
  deeper = deeper or 0
  local blocks = pandoc.List()
  if section.name then blocks:insert(pandoc.Header(1 + deeper, section.name)) end
  for _, block in ipairs(section.blocks) do
    if block.t == 'Header' then block.level = block.level + deeper end
    blocks:insert(block)
  end
  return blocks
end

-- A section whose name stands in bold before its text.
run_in = function(section)
  local blocks = pandoc.List(section.blocks)
  local name = pandoc.Inlines({ pandoc.Strong(section.name .. { pandoc.Str(':') }), pandoc.Space() })
  if blocks[1] and (blocks[1].t == 'Para' or blocks[1].t == 'Plain') then
    blocks[1] = pandoc.Para(name .. blocks[1].content)
  else
    blocks:insert(1, pandoc.Para(name))
  end
  return blocks
end

-- "1. Introduction", "1.1. Search" for journals that number their headings; declarations stay without.
local function number_headings(sections)
  local counts = { 0, 0, 0 }
  local function number(level)
    counts[level] = counts[level] + 1
    for deeper = level + 1, #counts do counts[deeper] = 0 end
    return table.concat({ table.unpack(counts, 1, level) }, '.') .. '.'
  end
  for _, section in ipairs(sections) do
    if section.name and section.numbered then
      section.name = pandoc.Inlines({ pandoc.Str(number(1)), pandoc.Space() }) .. section.name
      for _, block in ipairs(section.blocks) do
        if block.t == 'Header' and block.level <= #counts and not block.classes:includes('unnumbered') then
          block.content = pandoc.Inlines({ pandoc.Str(number(block.level)), pandoc.Space() }) .. block.content
        end
      end
    end
  end
end

local function declaration_blocks(sections)
  local blocks = pandoc.List()
  if #sections == 0 then return blocks end
  local heading = profile.declarations.heading
  if heading ~= '' then blocks:insert(pandoc.Header(1, { pandoc.Str(heading) })) end
  for _, section in ipairs(sections) do
    local in_line = profile.declarations.form == 'run-in'
    blocks:extend(in_line and run_in(section) or with_heading(section, heading ~= '' and 1 or 0))
  end
  return blocks
end

-- The sections where the journal wants them: the text, then the declarations in the journal's order; and by their
-- place those that stand elsewhere.
local function arrange(blocks)
  local places = {
    front = pandoc.List(), ['title-page'] = pandoc.List(), ['after-references'] = pandoc.List(), site = pandoc.List(),
  }
  local text, declarations = pandoc.List(), pandoc.List()
  for position, section in ipairs(sections_of(blocks)) do
    section.position = position
    local place = section.rule and section.rule.place or 'text'
    if places[place] then
      places[place]:insert(section)
    else
      (section.declaration and not section.rule.ahead and declarations or text):insert(section)
    end
  end
  declarations:sort(function(one, other)
    if one.rule.index ~= other.rule.index then return one.rule.index < other.rule.index end
    return one.position < other.position
  end)
  if profile.headings.numbered then number_headings(text) end
  local body = pandoc.List()
  for _, section in ipairs(text) do body:extend(with_heading(section)) end
  body:extend(declaration_blocks(declarations))
  return body, places
end

-- Title page ---------------------------------------------------------------------------------------------------

local function inlines_of(value)
  if value == nil then return pandoc.Inlines({}) end
  local kind = pandoc.utils.type(value)
  if kind == 'Inlines' then return value end
  if kind == 'Blocks' then return run_of(value) end
  return pandoc.Inlines({ pandoc.Str(stringify(value)) })
end

local function blocks_of(value)
  if pandoc.utils.type(value) == 'Blocks' then return value end
  return pandoc.Blocks({ pandoc.Para(inlines_of(value)) })
end

local function labelled(label, inlines)
  return pandoc.Para(pandoc.Inlines({ pandoc.Strong({ pandoc.Str(label .. ':') }), pandoc.Space() }) .. inlines)
end

-- The mark that ties an author to an affiliation.
local function affiliation_mark(id, places)
  if profile.title_page.marks == 'numbers' then return id end
  for index, place in ipairs(places) do
    if stringify(place.id) == id then return string.char(96 + index) end
  end
  return id
end

local function author_line(authors, places)
  local line = pandoc.Inlines({})
  for index, author in ipairs(authors) do
    if index > 1 then line:extend({ pandoc.Str(','), pandoc.Space() }) end
    line:extend(inlines_of(author.name))
    if profile.title_page.degrees and stringify(author.degrees or '') ~= '' then
      line:extend({ pandoc.Str(', ') })
      line:extend(inlines_of(author.degrees))
    end
    local marks = {}
    for _, id in ipairs(author.affiliations or {}) do marks[#marks + 1] = affiliation_mark(stringify(id), places) end
    if author.corresponding == true and profile.title_page.corresponding_mark ~= '' then
      marks[#marks + 1] = profile.title_page.corresponding_mark
    end
    if #marks > 0 then line:insert(pandoc.Superscript({ pandoc.Str(table.concat(marks, ',')) })) end
  end
  return line
end

local function correspondence(meta, authors)
  if meta.correspondence then return inlines_of(meta.correspondence) end
  for _, author in ipairs(authors) do
    if author.corresponding == true then
      local line = pandoc.Inlines({}) .. inlines_of(author.name)
      if author.email then
        line:extend({ pandoc.Str('; ' .. profile.title_page.email .. ' ') })
        line:extend(inlines_of(author.email))
      end
      return line
    end
  end
  return pandoc.Inlines({})
end

local function orcid_line(authors)
  local pieces = {}
  for _, author in ipairs(authors) do
    local number = stringify(author.orcid or '')
    if number ~= '' then pieces[#pieces + 1] = stringify(author.name) .. ', https://orcid.org/' .. number end
  end
  return table.concat(pieces, '; ')
end

local function thousands(number)
  local text = tostring(number)
  while true do
    local changed
    text, changed = text:gsub('^(%d+)(%d%d%d)', '%1,%2')
    if changed == 0 then return text end
  end
end

local function counts_line(meta, cited)
  local pieces = {}
  local counts = meta['word-counts'] or {}
  local number = { fig = 0, tbl = 0 }
  for _, float in pairs(floats) do number[float.kind] = number[float.kind] + 1 end
  local values = {
    abstract = counts.abstract and { 'abstract', stringify(counts.abstract) },
    text = counts.text and { 'text', stringify(counts.text) },
    references = { profile.references.heading:lower(), cited },
    tables = { KINDS.tbl.plural:lower(), number.tbl },
    figures = { KINDS.fig.plural:lower(), number.fig },
  }
  for _, what in ipairs(profile.title_page.counts) do
    local value = values[what]
    if value then pieces[#pieces + 1] = value[1] .. ' ' .. thousands(value[2]) end
  end
  return table.concat(pieces, '; ')
end

-- What the title page ends with and a manuscript without it still says: the short title and the counts.
local function short_and_counts(meta, cited)
  local lines, short = pandoc.List(), inlines_of(meta['short-title'])
  if #short > 0 then lines:insert(part('front', { labelled(profile.running_head.label, short) })) end
  local counts = counts_line(meta, cited)
  if counts ~= '' then
    lines:insert(part('front', { labelled(profile.title_page.word_count, { pandoc.Str(counts) }) }))
  end
  return lines
end

local function title_of(meta) return part('title', { pandoc.Para(inlines_of(meta.title)) }) end

local function title_page(meta, sections, cited)
  local words, authors, places = profile.title_page, meta.author or pandoc.List(), meta.affiliation or pandoc.List()
  local page = pandoc.List({ title_of(meta) })
  if #authors > 0 then page:insert(part('authors', { pandoc.Para(author_line(authors, places)) })) end
  for _, place in ipairs(places) do
    local number = pandoc.Superscript({ pandoc.Str(affiliation_mark(stringify(place.id), places)) })
    page:insert(part('affiliation', { pandoc.Para(pandoc.Inlines({ number }) .. inlines_of(place.name)) }))
  end
  local contact = correspondence(meta, authors)
  if #contact > 0 then page:insert(part('front', { labelled(words.corresponding_mark .. words.correspondence, contact) })) end
  local orcid = orcid_line(authors)
  if orcid ~= '' then page:insert(part('front', { labelled(words.orcid, { pandoc.Str(orcid) }) })) end
  page:extend(short_and_counts(meta, cited))
  for _, section in ipairs(sections) do
    for _, block in ipairs(run_in(section)) do page:insert(part('front', { block })) end
  end
  return page
end

-- Abstract and keywords ----------------------------------------------------------------------------------------

-- A structured abstract comes as a list of {name, text}. Returns it in the journal's order under the journal's names;
-- what the journal does not name keeps its own name and follows.
local function abstract_parts(parts)
  local named, rest = {}, pandoc.List()
  for _, found in ipairs(parts) do
    local own, home = stringify(found.name):lower(), nil
    for index, wanted in ipairs(profile.abstract.parts) do
      local takes = wanted.name:lower() == own
      for _, other in ipairs(wanted.from) do takes = takes or other:lower() == own end
      if takes and not named[index] then home = home or index end
    end
    local entry = { name = home and profile.abstract.parts[home].name or stringify(found.name), text = found.text }
    if home then named[home] = entry else rest:insert(entry) end
  end
  local ordered = pandoc.List()
  for index = 1, #profile.abstract.parts do
    if named[index] then ordered:insert(named[index]) end
  end
  return ordered .. rest
end

local function abstract_blocks(abstract)
  if pandoc.utils.type(abstract) ~= 'List' then return blocks_of(abstract) end
  local blocks, running = pandoc.List(), pandoc.Inlines({})
  for _, entry in ipairs(abstract_parts(abstract)) do
    local text = inlines_of(entry.text)
    if #profile.abstract.parts > 0 then
      local heading = pandoc.Strong({ pandoc.Str((entry.name .. profile.abstract.separator):gsub('%s+$', '')) })
      blocks:insert(pandoc.Para(pandoc.Inlines({ heading, pandoc.Space() }) .. text))
    else
      if #running > 0 then running:insert(pandoc.Space()) end
      running:extend(text)
    end
  end
  -- A journal that takes one running text gets the parts without their names.
  if #running > 0 then blocks:insert(pandoc.Para(running)) end
  return pandoc.Blocks(blocks)
end

local function abstract_page(meta, sections)
  local page = pandoc.List()
  if meta.abstract then
    if profile.abstract.own_page then page:insert(mark('page')) end
    page:insert(pandoc.Header(1, { pandoc.Str(profile.abstract.heading) }))
    page:insert(part('abstract', abstract_blocks(meta.abstract)))
  end
  local words = {}
  for _, word in ipairs(meta.keywords or {}) do words[#words + 1] = stringify(word) end
  if #words > 0 then
    local list = table.concat(words, profile.keywords.separator)
    page:insert(part('keywords', { labelled(profile.keywords.label, { pandoc.Str(list) }) }))
  end
  for _, section in ipairs(sections) do page:extend(with_heading(section)) end
  return page
end

-- All together -------------------------------------------------------------------------------------------------

-- A figure or table that stands elsewhere than in the text, in a section that this journal prints at another place or in
-- the abstract, would leave the text with it.
local function without_floats(blocks, where)
  local function outside(block)
    if is_float(block) then
      local named = block.identifier ~= '' and block.identifier or stringify(block):match('%S+') or where
      issue('float-outside', 'a figure or table stands in a section that this journal prints elsewhere: ' .. where, named,
        'move it to a section of the text')
      return nil, false
    end
  end
  pandoc.Blocks(blocks):walk({ traverse = 'topdown', Figure = outside, Table = outside, Div = outside })
end

function Pandoc(doc)
  local known, cited = {}, 0
  for _, entry in ipairs(pandoc.utils.references(doc)) do
    known[entry.id] = true
    cited = cited + 1
    local first = entry.author and entry.author[1]
    -- Of "van der Berg" the last word.
    names_in_text[entry.id] = names_of(entry) or ''
    if first and first.family then family_names[entry.id] = stringify(first.family):match('%S+$') end
  end

  doc = doc:walk(clean)
  doc = doc:walk({ Inlines = grouped })
  if profile.citations.form == 'author-date' then
    doc = doc:walk({ Inlines = without_second_naming })
  else
    doc = doc:walk({ Cite = with_names })
  end
  local body = doc.blocks:walk({ Div = unwrap })
  check_body(body)
  local places
  body, places = arrange(body)
  for _, sections in pairs(places) do
    for _, section in ipairs(sections) do without_floats(section.blocks, stringify(section.name)) end
  end
  if pandoc.utils.type(doc.meta.abstract) == 'Blocks' then
    without_floats(doc.meta.abstract, profile.abstract.heading)
  end
  body = pandoc.Blocks(body):walk({ Header = plain_header })
  local with_stand_ins = take_floats(body)
  local everything = with_stand_ins:clone()
  for _, identifier in ipairs(order) do
    local float = floats[identifier]
    everything:extend({ pandoc.Plain(float.caption), table.unpack(float.content) })
    everything:extend(float.notes)
  end
  number_floats(everything)
  with_stand_ins = pandoc.List(pandoc.Blocks(with_stand_ins):walk({ Image = sized }))
  for _, float in pairs(floats) do
    float.caption, float.notes = float.caption:walk({ Image = sized }), pandoc.Blocks(float.notes):walk({ Image = sized })
    if float.kind == 'tbl' then float.content = pandoc.Blocks(float.content):walk({ Image = sized }) end
  end
  if #issues > 0 then
    pandoc.Pandoc(everything):walk(resolve(known))
    stop_on_issues()
  end

  local text, last, apart = put_floats_back(with_stand_ins)
  local short = inlines_of(doc.meta['short-title'])
  local whole = pandoc.List()
  if #short > 0 and profile.running_head.in_header then
    whole:insert(part('running-head', { pandoc.Para(short) }))
  end
  if settings.blinded then
    places['title-page'] = {}
  else
    whole:insert(region('title-page', title_page(doc.meta, places['title-page'], cited)))
  end
  whole:insert(region('head', pandoc.List({ title_of(doc.meta) }) .. short_and_counts(doc.meta, cited)))
  whole:insert(region('abstract', abstract_page(doc.meta, places.front)))
  -- A journal that wants no page breaks wants none here either.
  local apart_from_abstract = profile.abstract.own_page and { mark('page') } or {}
  whole:insert(region('body', pandoc.List(apart_from_abstract) .. text))
  local references = pandoc.List()
  -- A supplement may cite nothing.
  if cited > 0 then
    references:insert(pandoc.Header(1, { pandoc.Str(profile.references.heading) }))
    references:insert(pandoc.Div({}, pandoc.Attr('refs')))
  end
  for _, section in ipairs(places['after-references']) do references:extend(with_heading(section)) end
  whole:insert(region('references', references))
  local typed = pandoc.List()
  for _, section in ipairs(places.site) do typed:extend(with_heading(section)) end
  whole:insert(region('site', typed))
  whole:insert(region('floats', at_the_end(last)))
  whole:insert(region('apart', apart.tbl .. apart.fig))
  whole:insert(region('legends', legends(apart.fig)))

  local result = pandoc.Pandoc(whole):walk(resolve(known))
  stop_on_issues()
  -- Nothing that the manuscript's header says steers pandoc; only what the citations need is handed on.
  result.meta = pandoc.Meta({
    bibliography = doc.meta.bibliography, csl = doc.meta.csl, lang = doc.meta.lang,
    ['notes-after-punctuation'] = false, ['link-citations'] = settings.link_citations,
  })
  return result
end
