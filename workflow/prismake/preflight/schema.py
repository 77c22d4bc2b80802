"""What the schema of WordprocessingML (ECMA-376 part 1, transitional) says of order, values and numbers.

Only the elements that manuscripts are made of; `tests/document/preflight/test_schema.py` compares the orders with the
schemas of Microsoft's Open XML SDK.
"""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_P_BASE = (
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle"
)
_R_BASE = (
    "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish "
    "webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang "
    "eastAsianLayout specVanish oMath"
)
_SIDES = "top left start bottom right end"

# Children in the order that the schema fixes. Elements that may stand in any order share a place, joined by "|".
ORDER: dict[str, tuple[str, ...]] = {
    name: tuple(order.split())
    for name, order in {
        "pPr": f"{_P_BASE} rPr sectPr pPrChange",
        "rPr": f"ins del moveFrom moveTo {_R_BASE} rPrChange",
        "numPr": "ilvl numId numberingChange ins",
        "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
        "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription tblPrChange",
        "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign "
        "hideMark headers cellIns|cellDel|cellMerge tcPrChange",
        "trPr": "cnfStyle|divId|gridBefore|gridAfter|wBefore|wAfter|cantSplit|trHeight|tblHeader|tblCellSpacing|jc|"
        "hidden ins del trPrChange",
        "sectPr": "headerReference|footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
        "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings "
        "sectPrChange",
        "tblBorders": f"{_SIDES} insideH insideV",
        "tcBorders": f"{_SIDES} insideH insideV tl2br tr2bl",
        "tblCellMar": _SIDES,
        "tcMar": _SIDES,
        "pBdr": "top left bottom right between bar",
        "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat "
        "locked personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
        "tblStylePr": "pPr rPr tblPr trPr tcPr",
        "styles": "docDefaults latentStyles style",
        "docDefaults": "rPrDefault pPrDefault",
        "lvl": "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr",
        "abstractNum": "nsid multiLevelType tmpl name styleLink numStyleLink lvl",
        "num": "abstractNumId lvlOverride",
        "numbering": "numPicBullet abstractNum num numIdMacAtCleanup",
        "settings": "writeProtection view zoom removePersonalInformation removeDateAndTime doNotDisplayPageBoundaries "
        "displayBackgroundShape printPostScriptOverText printFractionalCharacterWidth printFormsData "
        "embedTrueTypeFonts embedSystemFonts saveSubsetFonts saveFormsData mirrorMargins "
        "alignBordersAndEdges bordersDoNotSurroundHeader bordersDoNotSurroundFooter gutterAtTop "
        "hideSpellingErrors "
        "hideGrammaticalErrors activeWritingStyle proofState formsDesign attachedTemplate linkStyles "
        "stylePaneFormatFilter stylePaneSortMethod documentType mailMerge "
        "revisionView trackRevisions doNotTrackMoves doNotTrackFormatting documentProtection autoFormatOverride "
        "styleLockTheme styleLockQFSet defaultTabStop autoHyphenation consecutiveHyphenLimit hyphenationZone "
        "doNotHyphenateCaps showEnvelope summaryLength clickAndTypeStyle defaultTableStyle evenAndOddHeaders "
        "bookFoldRevPrinting bookFoldPrinting bookFoldPrintingSheets drawingGridHorizontalSpacing "
        "drawingGridVerticalSpacing displayHorizontalDrawingGridEvery displayVerticalDrawingGridEvery "
        "doNotUseMarginsForDrawingGridOrigin drawingGridHorizontalOrigin drawingGridVerticalOrigin doNotShadeFormData "
        "noPunctuationKerning characterSpacingControl printTwoOnOne strictFirstAndLastChars noLineBreaksAfter "
        "noLineBreaksBefore savePreviewPicture doNotValidateAgainstSchema saveInvalidXml ignoreMixedContent "
        "alwaysShowPlaceholderText doNotDemarcateInvalidXml saveXmlDataOnly useXSLTWhenSaving saveThroughXslt "
        "showXMLTags alwaysMergeEmptyNamespace updateFields hdrShapeDefaults footnotePr endnotePr compat docVars rsids "
        "uiCompat97To2003 attachedSchema themeFontLang "
        "clrSchemeMapping doNotIncludeSubdocsInStats doNotAutoCompressPictures "
        "forceUpgrade captions readModeInkLockDown smartTagType shapeDefaults doNotEmbedSmartTags decimalSymbol "
        "listSeparator",
    }.items()
}
# Elements that may stand more than once; of all others in ORDER, one.
REPEATED = _set(
    "headerReference footerReference style latentStyles tblStylePr lvl abstractNum num numPicBullet lvlOverride "
    "activeWritingStyle attachedSchema smartTagType saveThroughXslt"
)
# What must come first or last among the children of Word's namespace.
FIRST = {"p": "pPr", "r": "rPr", "tc": "tcPr"}
# Marks that may stand anywhere.
ANYWHERE = _set(
    "bookmarkStart bookmarkEnd commentRangeStart commentRangeEnd proofErr permStart permEnd moveFromRangeStart "
    "moveFromRangeEnd moveToRangeStart moveToRangeEnd customXmlInsRangeStart customXmlInsRangeEnd "
    "customXmlDelRangeStart customXmlDelRangeEnd ins del moveFrom moveTo"
)
# Only Word's own elements may stand here; what else does is not opened.
CHILDREN: dict[str, frozenset[str]] = {
    "body": frozenset({"p", "tbl", "sdt", "customXml", "altChunk", "sectPr"}) | ANYWHERE,
    "tbl": frozenset({"tblPr", "tblGrid", "tr", "sdt", "customXml"}) | ANYWHERE,
    "tr": frozenset({"tblPrEx", "trPr", "tc", "sdt", "customXml"}) | ANYWHERE,
    "tc": frozenset({"tcPr", "p", "tbl", "sdt", "customXml", "altChunk"}) | ANYWHERE,
}

_ON_OFF = frozenset({"0", "1", "true", "false", "on", "off"})
_BORDERS = _set(
    "nil none single thick double dotted dashed dotDash dotDotDash triple thinThickSmallGap thickThinSmallGap "
    "thinThickThinSmallGap thinThickMediumGap thickThinMediumGap thinThickThinMediumGap thinThickLargeGap "
    "thickThinLargeGap thinThickThinLargeGap wave doubleWave dashSmallGap dashDotStroked threeDEmboss threeDEngrave "
    "outset inset"
)
_WIDTHS = frozenset({"nil", "pct", "dxa", "auto"})
_SHADES = _set(
    "nil clear solid horzStripe vertStripe reverseDiagStripe diagStripe horzCross diagCross thinHorzStripe "
    "thinVertStripe thinReverseDiagStripe thinDiagStripe thinHorzCross thinDiagCross"
) | frozenset(
    f"pct{share}"
    for share in (5, 10, 12, 15, 20, 25, 30, 35, 37, 40, 45, 50, 55, 60, 62, 65, 70, 75, 80, 85, 87, 90, 95)
)
_JC_TABLE = frozenset({"start", "center", "end", "left", "right"})
_JC = _JC_TABLE | frozenset(
    {"both", "mediumKashida", "distribute", "numTab", "highKashida", "lowKashida", "thaiDistribute"}
)
# (element, attribute) -> values that the schema takes.
VALUES: dict[tuple[str, str], frozenset[str]] = {
    ("pgSz", "orient"): frozenset({"portrait", "landscape"}),
    ("fldChar", "fldCharType"): frozenset({"begin", "separate", "end"}),
    ("vAlign", "val"): frozenset({"top", "center", "both", "bottom"}),
    ("vMerge", "val"): frozenset({"restart", "continue"}),
    ("hMerge", "val"): frozenset({"restart", "continue"}),
    ("tblLayout", "type"): frozenset({"fixed", "autofit"}),
    ("spacing", "lineRule"): frozenset({"auto", "exact", "atLeast"}),
    ("vertAlign", "val"): frozenset({"baseline", "superscript", "subscript"}),
    ("lnNumType", "restart"): frozenset({"newPage", "newSection", "continuous"}),
    ("br", "type"): frozenset({"page", "column", "textWrapping"}),
    ("headerReference", "type"): frozenset({"default", "first", "even"}),
    ("footerReference", "type"): frozenset({"default", "first", "even"}),
    ("type", "val"): frozenset({"nextPage", "nextColumn", "continuous", "evenPage", "oddPage"}),
    ("style", "type"): frozenset({"paragraph", "character", "table", "numbering"}),
    ("tab", "val"): frozenset({"clear", "start", "center", "end", "decimal", "bar", "num", "left", "right"}),
    ("trHeight", "hRule"): frozenset({"auto", "exact", "atLeast"}),
    ("multiLevelType", "val"): frozenset({"singleLevel", "multilevel", "hybridMultilevel"}),
    ("lvlJc", "val"): _JC_TABLE | {"both"},
    ("u", "val"): _set(
        "single words double thick dotted dottedHeavy dash dashedHeavy dashLong dashLongHeavy dotDash dashDotHeavy "
        "dotDotDash dashDotDotHeavy wave wavyHeavy wavyDouble none"
    ),
    ("highlight", "val"): _set(
        "black blue cyan green magenta red yellow white darkBlue darkCyan darkGreen darkMagenta darkRed darkYellow "
        "darkGray lightGray none"
    ),
    ("shd", "val"): _SHADES,
    ("jc", "val"): _JC,
    **{(name, "type"): _WIDTHS for name in ("tblW", "tcW", "tblInd", "wBefore", "wAfter", "tblCellSpacing")},
    **{
        (name, "val"): _ON_OFF
        for name in _set(
            "b bCs i iCs caps smallCaps strike dstrike vanish keepNext keepLines pageBreakBefore widowControl "
            "suppressLineNumbers cantSplit tblHeader titlePg contextualSpacing noProof rtl bidi qFormat"
        )
    },
}
# Parents in which `jc` aligns a table, and in which every child is a border.
TABLE_JC = frozenset({"tblPr", "trPr"})
TABLE_ALIGNMENTS = _JC_TABLE
BORDERS = _BORDERS
BORDER_PARENTS = frozenset({"tblBorders", "tcBorders", "pBdr"})

# (element, attribute) of whole numbers, and of lengths (twentieths of a point, or a number with a unit).
NUMBERS = frozenset(
    [
        ("gridSpan", "val"),
        ("outlineLvl", "val"),
        ("ilvl", "val"),
        ("numId", "val"),
        ("bookmarkStart", "id"),
        ("bookmarkEnd", "id"),
        ("lnNumType", "countBy"),
        ("lnNumType", "start"),
        ("footnoteReference", "id"),
        ("endnoteReference", "id"),
        ("cols", "num"),
    ]
)
LENGTHS = frozenset(
    [
        *(("pgSz", side) for side in ("w", "h")),
        *(("pgMar", side) for side in ("top", "bottom", "left", "right", "header", "footer", "gutter")),
        *(("spacing", side) for side in ("before", "after", "line", "val")),
        *(("ind", side) for side in ("left", "right", "start", "end", "firstLine", "hanging")),
        ("gridCol", "w"),
        ("sz", "val"),
        ("szCs", "val"),
        ("tab", "pos"),
        ("trHeight", "val"),
        ("kern", "val"),
        ("position", "val"),
    ]
)
# Widths that may also be a share of the text's width ("50%").
SHARES = frozenset({("tblW", "w"), ("tcW", "w"), ("tblInd", "w")})
# What must be there: (parent, child).
NEEDED = (("tbl", "tblPr"), ("tbl", "tblGrid"), ("tr", "tc"), ("style", "name"), ("num", "abstractNumId"))
