-- First filter, before the citations are resolved: the manuscript's Markdown becomes a plain vocabulary of parts that
-- the later filters and both writers share.
--   Div.part role=…      a piece of the title page
--   Div.float            a table or figure: kind, number, wide; holds Div.caption, the table or image, Div.notes
--   Div.mark name=page   what follows starts a new page
--   Span.reference       a cross-reference: kind, number, form (full, number)
--   Span.first-cited     hidden: citations that stand in a table, counted where the table is first mentioned
-- Everything that could carry code into a document (raw blocks, attributes, foreign links) is dropped here, and every
-- fault of the manuscript is collected and told at once.

local settings = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), 'settings.lua' })).read()
local profile = settings.profile
local stringify = pandoc.utils.stringify

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

local clean = {
  RawBlock = function() return {} end,
  RawInline = function() return {} end,
  Span = function(span) return span.content end,
  Code = function(code) return pandoc.Str(code.text) end,
  CodeBlock = function(block) return pandoc.Para({ pandoc.Str(block.text) }) end,
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

local function caption_blocks(caption)
  local inlines = pandoc.utils.blocks_to_inlines(caption.long)
  return pandoc.Inlines(inlines)
end

local function read_figure(figure)
  local image
  figure:walk({ Image = function(found) image = found end })
  local caption = caption_blocks(figure.caption)
  local identifier = figure.identifier
  if not kind_of(identifier) then
    issue('no-identifier', 'a figure has no identifier', image and image.src or stringify(caption),
      'write {#fig:name alt="…"} after the image')
    return
  end
  if stringify(image.caption) == '' or stringify(image.caption) == stringify(caption) then
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

local ALIGNMENTS = { l = 'AlignLeft', c = 'AlignCenter', r = 'AlignRight' }

local function read_table(div)
  local identifier = div.identifier
  local found, notes = nil, pandoc.List()
  for _, block in ipairs(div.content) do
    if block.t == 'Table' then
      found = block
    elseif block.t == 'Div' then
      notes:extend(block.content)
    else
      notes:insert(block)
    end
  end
  if not found then
    issue('no-table', 'the block of a table holds no table', identifier, 'write a pipe table in it')
    return
  end
  local caption = caption_blocks(found.caption)
  if #caption == 0 then
    issue('no-caption', 'the table has no caption', identifier, 'add a line ": Caption" under it')
  end
  local letters = {}
  for letter in (div.attributes.align or ''):gmatch('%a') do letters[#letters + 1] = letter end
  local shares = {}
  for share in (div.attributes.widths or ''):gmatch('%S+') do shares[#shares + 1] = tonumber(share) end
  found.colspecs = found.colspecs:map(function(spec, column)
    return { ALIGNMENTS[letters[column]] or spec[1], shares[column] }
  end)
  found.caption = pandoc.Caption()
  declare(identifier, {
    kind = 'tbl', caption = caption, content = { found }, notes = notes,
    wide = div.classes:includes('wide') or #found.colspecs >= profile.tables.landscape_from,
  })
end

-- Takes the figures and tables out of the body; what stays behind is a stand-in that says where each was.
local function take_floats(blocks)
  local body = pandoc.List()
  for _, block in ipairs(blocks) do
    if block.t == 'Figure' then
      read_figure(block)
      body:insert(pandoc.Div({}, pandoc.Attr('', { 'stand-in' }, { target = block.identifier })))
    elseif block.t == 'Div' and kind_of(block.identifier) == 'tbl' then
      read_table(block)
      body:insert(pandoc.Div({}, pandoc.Attr('', { 'stand-in' }, { target = block.identifier })))
    else
      body:insert(block)
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

local function put_floats_back(blocks)
  local body, waiting, last = pandoc.List(), pandoc.List(), pandoc.List()
  for _, block in ipairs(blocks) do
    if block.t == 'Div' and block.classes:includes('stand-in') then
      local identifier = block.attributes.target
      local place = KINDS[floats[identifier].kind].placement
      local target = place == 'text' and body or place == 'section' and waiting or last
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
  return body, last
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

-- Body ---------------------------------------------------------------------------------------------------------

local function is_known_div(div)
  return kind_of(div.identifier) == 'tbl' or div.classes:includes('notes')
end

local function check_body(blocks)
  local level = 0
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

-- Title page ---------------------------------------------------------------------------------------------------

local function inlines_of(value)
  if value == nil then return pandoc.Inlines({}) end
  local kind = pandoc.utils.type(value)
  if kind == 'Inlines' then return value end
  if kind == 'Blocks' then return pandoc.utils.blocks_to_inlines(value) end
  return pandoc.Inlines({ pandoc.Str(stringify(value)) })
end

local function blocks_of(value)
  if pandoc.utils.type(value) == 'Blocks' then return value end
  return pandoc.Blocks({ pandoc.Para(inlines_of(value)) })
end

local function labelled(label, inlines)
  return pandoc.Para(pandoc.Inlines({ pandoc.Strong({ pandoc.Str(label .. ':') }), pandoc.Space() }) .. inlines)
end

local function author_line(authors)
  local line = pandoc.Inlines({})
  for index, author in ipairs(authors) do
    if index > 1 then line:extend({ pandoc.Str(','), pandoc.Space() }) end
    line:extend(inlines_of(author.name))
    if profile.title_page.degrees and stringify(author.degrees or '') ~= '' then
      line:extend({ pandoc.Str(', ') })
      line:extend(inlines_of(author.degrees))
    end
    local marks = {}
    for _, number in ipairs(author.affiliations or {}) do marks[#marks + 1] = stringify(number) end
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

local function counts_line(meta)
  local pieces = {}
  local counts = meta['word-counts'] or {}
  if counts.abstract then pieces[#pieces + 1] = 'abstract ' .. thousands(stringify(counts.abstract)) end
  if counts.text then pieces[#pieces + 1] = 'text ' .. thousands(stringify(counts.text)) end
  local number = { fig = 0, tbl = 0 }
  for _, float in pairs(floats) do number[float.kind] = number[float.kind] + 1 end
  pieces[#pieces + 1] = KINDS.tbl.plural:lower() .. ' ' .. number.tbl
  pieces[#pieces + 1] = KINDS.fig.plural:lower() .. ' ' .. number.fig
  return table.concat(pieces, '; ')
end

local function title_page(meta)
  local words, authors = profile.title_page, meta.author or pandoc.List()
  local page = pandoc.List({ part('title', { pandoc.Para(inlines_of(meta.title)) }) })
  if #authors > 0 then page:insert(part('authors', { pandoc.Para(author_line(authors)) })) end
  for _, place in ipairs(meta.affiliation or {}) do
    local number = pandoc.Superscript({ pandoc.Str(stringify(place.id)) })
    page:insert(part('affiliation', { pandoc.Para(pandoc.Inlines({ number }) .. inlines_of(place.name)) }))
  end
  local contact = correspondence(meta, authors)
  if #contact > 0 then page:insert(part('front', { labelled(words.correspondence, contact) })) end
  local orcid = orcid_line(authors)
  if orcid ~= '' then page:insert(part('front', { labelled(words.orcid, { pandoc.Str(orcid) }) })) end
  local short = inlines_of(meta['short-title'])
  if #short > 0 then
    page:insert(part('front', { labelled(profile.running_head.label, short) }))
    page:insert(part('running-head', { pandoc.Para(short) }))
  end
  page:insert(part('front', { labelled(words.word_count, { pandoc.Str(counts_line(meta)) }) }))
  return page
end

local function abstract_page(meta)
  local page = pandoc.List()
  if meta.abstract then
    page:insert(mark('page'))
    page:insert(pandoc.Header(1, { pandoc.Str(profile.abstract.heading) }))
    page:insert(part('abstract', blocks_of(meta.abstract)))
  end
  local words = {}
  for _, word in ipairs(meta.keywords or {}) do words[#words + 1] = stringify(word) end
  if #words > 0 then
    page:insert(part('keywords', { labelled(profile.keywords.label, { pandoc.Str(table.concat(words, ', ')) }) }))
  end
  return page
end

-- All together -------------------------------------------------------------------------------------------------

function Pandoc(doc)
  local known = {}
  for _, entry in ipairs(pandoc.utils.references(doc)) do known[entry.id] = true end

  local heading = profile.references.heading
  doc = doc:walk(clean)
  local body = pandoc.List()
  for _, block in ipairs(doc.blocks) do
    if block.t == 'Header' and block.identifier == 'references' then
      heading = stringify(block)
    else
      body:insert(block)
    end
  end
  body = pandoc.Blocks(body):walk({ Div = unwrap, Header = plain_header })
  check_body(body)
  local with_stand_ins = take_floats(body)
  local everything = with_stand_ins:clone()
  for _, identifier in ipairs(order) do
    local float = floats[identifier]
    everything:extend({ pandoc.Plain(float.caption), table.unpack(float.content) })
    everything:extend(float.notes)
  end
  number_floats(everything)
  if #issues > 0 then
    pandoc.Pandoc(everything):walk(resolve(known))
    stop_on_issues()
  end

  local blocks, last = put_floats_back(with_stand_ins)
  local front = title_page(doc.meta)
  front:extend(abstract_page(doc.meta))
  front:insert(mark('page'))
  front:extend(blocks)
  -- A supplement may cite nothing.
  if next(known) then
    front:insert(pandoc.Header(1, { pandoc.Str(heading) }))
    front:insert(pandoc.Div({}, pandoc.Attr('refs')))
  end
  front:extend(last)

  local result = pandoc.Pandoc(front):walk(resolve(known))
  stop_on_issues()
  -- Nothing that the manuscript's header says steers pandoc; only what the citations need is handed on.
  result.meta = pandoc.Meta({
    bibliography = doc.meta.bibliography, csl = doc.meta.csl, lang = doc.meta.lang,
    ['notes-after-punctuation'] = false, ['link-citations'] = settings.link_citations,
  })
  return result
end
