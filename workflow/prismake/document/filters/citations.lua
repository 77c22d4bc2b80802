-- After the citations are resolved: superscript numbers close up to the word before them and follow the punctuation
-- marks that the journal's profile names ("word,1" but "word1:"). Pandoc's own option moves them behind every mark.

local settings = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), 'settings.lua' })).read()
local AFTER = settings.profile.citations.after
local CLOSING = { '”', '’' }

local function is_superscript(inline)
  if inline.t ~= 'Cite' or #inline.content == 0 then return false end
  for _, part in ipairs(inline.content) do
    if part.t ~= 'Superscript' then return false end
  end
  return true
end

-- The punctuation at the start of a text that belongs before a citation, and what follows it.
local function split(text)
  local position = 1
  while position <= #text and AFTER:find(text:sub(position, position), 1, true) do position = position + 1 end
  if position == 1 then return '', text end
  for _, mark in ipairs(CLOSING) do
    if text:sub(position, position + #mark - 1) == mark then position = position + #mark end
  end
  return text:sub(1, position - 1), text:sub(position)
end

local function set_citations(inlines)
  local result = pandoc.Inlines({})
  local index = 1
  while index <= #inlines do
    local inline = inlines[index]
    if is_superscript(inline) then
      local before = result[#result]
      if before and (before.t == 'Space' or before.t == 'SoftBreak') then result:remove() end
      local following = inlines[index + 1]
      if following and following.t == 'Str' then
        local marks, rest = split(following.text)
        if marks ~= '' then result:insert(pandoc.Str(marks)) end
        result:insert(inline)
        if rest ~= '' then result:insert(pandoc.Str(rest)) end
        index = index + 1
      else
        result:insert(inline)
      end
    else
      result:insert(inline)
    end
    index = index + 1
  end
  return result
end

-- The hidden groups have done their work: they numbered what tables cite.
local function drop_hidden(span)
  if span.classes:includes('first-cited') then return {} end
end

-- Control characters and what Unicode says is none have no place in XML, nor in a page.
local function printable(str)
  local text = str.text:gsub('[\0-\8\11\12\14-\31\127]', ''):gsub('\u{FFFE}', ''):gsub('\u{FFFF}', '')
  if text ~= str.text then return pandoc.Str(text) end
end

-- DOIs of an older kind hold signs that a URI must not have, and Word then calls the whole file damaged.
local function link(found)
  -- Inside the document a key leads to its work as it is written.
  if found.target:sub(1, 1) == '#' then return nil end
  found.target = found.target:gsub('[^%w%-._~:/?#%[%]@!$&\'()*+,;=%%]', function(sign)
    return string.format('%%%02X', sign:byte())
  end)
  return found
end

-- A style that does not align its second field leaves the number in the running text of an entry; the number hangs all the
-- same, as in the styles that do.
local NUMBERED = { '^%d+%.?$', '^%[%d+%]%.?$', '^%(%d+%)%.?$' }

local function is_number(inline)
  for _, pattern in ipairs(NUMBERED) do
    if inline and inline.t == 'Str' and inline.text:match(pattern) then return true end
  end
  return false
end

local function hanging_number(div)
  local block = div.classes:includes('csl-entry') and div.content[1]
  if not block or not (block.t == 'Para' or block.t == 'Plain') then return nil end
  local inlines = block.content
  if not (is_number(inlines[1]) and inlines[2] and inlines[2].t == 'Space') then return nil end
  local number, text = pandoc.Inlines({ inlines[1] }), pandoc.Inlines({})
  for index = 3, #inlines do text:insert(inlines[index]) end
  block.content = {
    pandoc.Span(number, pandoc.Attr('', { 'csl-left-margin' })),
    pandoc.Span(text, pandoc.Attr('', { 'csl-right-inline' })),
  }
  div.content[1] = block
  return div
end

function Pandoc(doc)
  return doc:walk({ Span = drop_hidden, Str = printable, Link = link, Div = hanging_number }):walk({ Inlines = set_citations })
end
