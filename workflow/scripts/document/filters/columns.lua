-- After the citations are set: every table gets column widths, in points, so that the longest word of each cell
-- fits, rows wrap as little as can be, and the table fills the width of its page.

local settings = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), 'settings.lua' })).read()
local tables = settings.profile.tables
local page = settings.page

local SUPERSCRIPT = 0.65
-- Left and right padding of a cell, and a little room for the rounding of programs that set the page.
local PADDING = 2 * page.cell_padding + 1

local function text_width(text, bold)
  local advances = settings.advances[bold and 'bold' or 'regular']
  local width = 0
  for _, code in utf8.codes(text) do
    width = width + (advances[utf8.char(code)] or advances['M'])
  end
  return width * tables.size_pt
end

-- A cell as words: each a width in points and, where the word can be broken, its widest piece.
local function words_of(blocks, bold)
  local words = {}
  local current
  local function finish()
    if current then words[#words + 1] = current end
    current = nil
  end
  local function add(text, scale, strong)
    local width = text_width(text, bold or strong) * scale
    current = current or { width = 0, piece = 0 }
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
    if index > 1 and used + space + word.width > width then
      count, used = count + 1, word.width
    else
      used = used + (index > 1 and space or 0) + word.width
    end
  end
  return count
end

-- least: the widest unbreakable word; broken: the widest piece when words break after hyphens; whole: no cell wraps.
local function read_columns(tbl)
  local columns = {}
  for index, spec in ipairs(tbl.colspecs) do
    columns[index] = { least = PADDING, broken = PADDING, whole = PADDING, asked = spec[2] or 1, cells = {} }
  end
  local space = text_width(' ', false)
  local function read(list, bold)
    for _, row in ipairs(list) do
      for index, cell in ipairs(row.cells) do
        local column, words, line = columns[index], words_of(cell.contents, bold), -space
        for _, word in ipairs(words) do
          column.least = math.max(column.least, word.width + PADDING)
          column.broken = math.max(column.broken, word.piece + PADDING)
          line = line + space + word.width
        end
        column.whole = math.max(column.whole, line + PADDING)
        column.cells[#column.cells + 1] = words
      end
    end
  end
  read(tbl.head.rows, true)
  for _, body in ipairs(tbl.bodies) do read(body.body, false) end
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

local function set_widths(tbl, width, name)
  local columns = read_columns(tbl)
  local floor = sum(columns, 'least') <= width and 'least' or 'broken'
  if sum(columns, floor) > width then
    issues[#issues + 1] = {
      code = 'table-too-wide', what = name,
      message = string.format('the longest words of its columns need %d mm, and the page has %d mm',
        math.ceil(sum(columns, floor) * 25.4 / 72), math.floor(width * 25.4 / 72)),
      fix = 'shorten the longest words, take out a column, or lower tables.size_pt in the journal profile',
    }
    return tbl
  end
  share_out(columns, width, floor)
  tbl.colspecs = tbl.colspecs:map(function(spec, index) return { spec[1], columns[index].width / width } end)
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
