-- After the citations are set: every table gets column widths, in points, so that the longest word of each cell
-- fits, rows wrap as little as can be, and the table fills the width of its page.

local settings = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), 'settings.lua' })).read()
local tables = settings.profile.tables
local page = settings.page

local SUPERSCRIPT = 0.65
-- Left and right padding of a cell, and a little room for the rounding of programs that set the page.
local PADDING = 2 * page.cell_padding + 1

-- The size at which the table at hand is measured.
local size = tables.size_pt

local function text_width(text, bold)
  local advances = settings.advances[bold and 'bold' or 'regular']
  local width = 0
  for _, code in utf8.codes(text) do
    width = width + (advances[utf8.char(code)] or advances['M'])
  end
  return width * size
end

-- A cell as words: each a text, a width in points, where the word can be broken its widest piece, and whether it
-- starts a line of the cell.
local function words_of(blocks, bold)
  local words = {}
  local current, starts
  local function finish()
    if current then
      words[#words + 1] = current
      starts = nil
    end
    current = nil
  end
  local function add(text, scale, strong)
    local width = text_width(text, bold or strong) * scale
    current = current or { width = 0, piece = 0, text = '', starts = starts }
    current.text = current.text .. text
    current.width = current.width + width
    local widest, rest = 0, (text:gsub('[-/]', '%0 '):gsub('–', '– '))
    -- East Asian text breaks between any two letters.
    rest = rest:gsub(utf8.charpattern, function(letter)
      local code = utf8.codepoint(letter)
      if code >= 0x2E80 and code < 0xFE00 or code >= 0x20000 then return ' ' .. letter .. ' ' end
    end)
    for piece in rest:gmatch('%S+') do widest = math.max(widest, text_width(piece, bold or strong) * scale) end
    current.piece = math.max(current.piece, widest)
  end
  local function read(inlines, scale, strong)
    for _, inline in ipairs(inlines) do
      if inline.t == 'Space' or inline.t == 'SoftBreak' or inline.t == 'LineBreak' then
        finish()
        starts = starts or inline.t == 'LineBreak'
      elseif inline.t == 'Str' then
        add(inline.text, scale, strong)
      elseif inline.t == 'Superscript' or inline.t == 'Subscript' then
        read(inline.content, scale * SUPERSCRIPT, strong)
      elseif inline.content then
        read(inline.content, scale, strong or inline.t == 'Strong')
      end
    end
  end
  for _, block in ipairs(blocks) do
    finish()
    if block.content and block.t ~= 'Div' then read(block.content, 1, false) end
  end
  finish()
  return words
end

-- How many lines words take in a width.
local function lines_in(words, width, space)
  local count, used = 1, 0
  for index, word in ipairs(words) do
    if index > 1 and (word.starts or used + space + word.width > width) then
      count, used = count + 1, word.width
    else
      used = used + (index > 1 and space or 0) + word.width
    end
  end
  return count
end

-- Where a number's part before its point ends and what follows begins; nil for a cell that is no number.
local function number_parts(blocks)
  local first = blocks[1] and blocks[1].content and blocks[1].content[1]
  if not first or first.t ~= 'Str' then return nil end
  local whole = first.text:match('^[<>=~+%-%d]*[%d,]+') or first.text:match('^−[%d,]+') or first.text:match('^[≤≥]+[%d,]+')
  if not whole then return nil end
  return text_width(whole), text_width(first.text:sub(#whole + 1)), first.text:sub(#whole + 1)
end

-- least: the widest unbreakable word; broken: the widest piece when words break after hyphens; whole: no cell wraps.
-- Where numbers stand under one another, before and after: the widest part on either side of the point.
local function read_columns(tbl)
  local columns = {}
  for index, spec in ipairs(tbl.colspecs) do
    columns[index] = {
      least = PADDING, broken = PADDING, whole = PADDING, asked = spec[2] or 1, cells = {}, longest = '',
      decimal = (tbl.attributes.decimal or ''):sub(index, index) == 'd', before = 0, after = 0, rest = 0,
    }
  end
  local space = text_width(' ', false)
  local function read(list, bold)
    for _, row in ipairs(list) do
      for index, cell in ipairs(row.cells) do
        local column, words, line = columns[index], words_of(cell.contents, bold), -space
        local widest = 0
        for _, word in ipairs(words) do
          if word.width + PADDING > column.least then column.longest = word.text end
          column.least = math.max(column.least, word.width + PADDING)
          column.broken = math.max(column.broken, word.piece + PADDING)
          if word.starts then line = -space end
          line = line + space + word.width
          widest = math.max(widest, line)
        end
        column.whole = math.max(column.whole, widest + PADDING)
        column.cells[#column.cells + 1] = words
        local before, after = nil, nil
        if column.decimal and not bold then before, after = number_parts(cell.contents) end
        if before then
          column.before = math.max(column.before, before)
          column.after = math.max(column.after, after)
          column.rest = math.max(column.rest, widest - before)
        end
      end
    end
  end
  read(tbl.head.rows, true)
  for _, body in ipairs(tbl.bodies) do read(body.body, false) end
  for _, column in ipairs(columns) do
    column.least = math.max(column.least, column.before + column.after + PADDING)
    column.broken = math.max(column.broken, column.before + column.after + PADDING)
    column.whole = math.max(column.whole, column.before + column.rest + PADDING)
  end
  return columns
end

local function sum(columns, key)
  local total = 0
  for _, column in ipairs(columns) do total = total + column[key] end
  return total
end

local function height(column, width)
  local total, space = 0, text_width(' ', false)
  for _, words in ipairs(column.cells) do total = total + lines_in(words, width - PADDING, space) end
  return total
end

local STEP = 2

-- The next width at which a column has fewer lines, and how many lines fewer for each point that it costs.
local function next_gain(column)
  local now = height(column, column.width)
  local width = column.width
  while width < column.whole do
    width = math.min(width + STEP, column.whole)
    local lines = height(column, width)
    if lines < now then return width, (now - lines) / (width - column.width) end
  end
end

-- Starts from the narrowest columns and gives the room that is left to where it saves the most lines; what then
-- remains is shared out as the table asks.
local function share_out(columns, width, floor)
  local free = width - sum(columns, floor)
  for _, column in ipairs(columns) do
    column.width = column[floor]
    column.next, column.gain = next_gain(column)
  end
  while true do
    local best
    for _, column in ipairs(columns) do
      if column.next and column.next - column.width <= free and (not best or column.gain > best.gain) then
        best = column
      end
    end
    if not best then break end
    free = free - (best.next - best.width)
    best.width = best.next
    best.next, best.gain = next_gain(best)
  end
  local asked = sum(columns, 'asked')
  for _, column in ipairs(columns) do column.width = column.width + free * column.asked / asked end
end

local issues = {}

-- Tells each number how far from the left it starts, in points, and where its point stands.
local function set_decimals(tbl, columns)
  local bodies = tbl.bodies
  for _, body in ipairs(bodies) do
    for _, row in ipairs(body.body) do
      local cells = row.cells
      for index, cell in ipairs(cells) do
        local column = columns[index]
        local before = column.decimal and number_parts(cell.contents)
        if before then
          local room = column.width - 2 * page.cell_padding
          local point = math.max(0, (room - column.before - column.rest) / 2) + column.before
          cell.attr = pandoc.Attr('', {}, {
            point = string.format('%.2f', point), indent = string.format('%.2f', point - before),
          })
        end
      end
      row.cells = cells
    end
  end
  tbl.bodies = bodies
end

-- The longest words of a table, for a person: those of the widest columns.
local function longest_words(columns)
  local sorted = { table.unpack(columns) }
  table.sort(sorted, function(a, b) return a.least > b.least end)
  local words = {}
  for index = 1, math.min(3, #sorted) do
    local text = sorted[index].longest
    local cut = utf8.offset(text, 41)
    words[index] = "'" .. (cut and text:sub(1, cut - 1) .. '…' or text) .. "'"
  end
  return table.concat(words, ', ')
end

-- The columns and which of their measures fits; a table shrinks as far as the journal lets it before it is refused.
local function fitting(tbl, width)
  size = tables.size_pt
  local smallest = math.min(tables.min_size_pt or size, size)
  while true do
    local columns = read_columns(tbl)
    for _, floor in ipairs({ 'least', 'broken' }) do
      if sum(columns, floor) <= width then return columns, floor end
    end
    if size <= smallest then return columns, nil end
    size = math.max(size - 0.5, smallest)
  end
end

local function set_widths(tbl, width, name)
  local columns, floor = fitting(tbl, width)
  if not floor then
    issues[#issues + 1] = {
      code = 'table-too-wide', what = name,
      message = string.format('the longest words of its columns need %d mm, and the page has %d mm (%s)',
        math.ceil(sum(columns, 'broken') * 25.4 / 72), math.floor(width * 25.4 / 72), longest_words(columns)),
      fix = 'shorten the longest words, take out a column, or lower tables.min_size_pt in the journal profile',
    }
    return tbl
  end
  share_out(columns, width, floor)
  tbl.colspecs = tbl.colspecs:map(function(spec, index) return { spec[1], columns[index].width / width } end)
  set_decimals(tbl, columns)
  tbl.attr = pandoc.Attr('', {}, size < tables.size_pt and { size = string.format('%g', size) } or {})
  return tbl
end

function Pandoc(doc)
  doc = doc:walk({
    Div = function(div)
      if not div.classes:includes('float') then return nil end
      local width = div.attributes.wide == '1' and page.landscape_width or page.text_width
      local label = settings.profile[div.attributes.kind == 'tbl' and 'tables' or 'figures'].label
      return div:walk({
        Table = function(tbl) return set_widths(tbl, width, label .. ' ' .. div.attributes.number) end,
      })
    end,
  })
  if #issues > 0 then
    io.stderr:write('ISSUES ' .. pandoc.json.encode(issues) .. '\n')
    error('tables do not fit')
  end
  return doc
end
