"""Words that the matcher knows: which say nothing of what a title is about, of who wrote it, of where it appeared.

They are words of publishing in several languages, not of any subject.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Small words, by language; where two titles of one place are in different languages, one is the other's translation.
LANGUAGES: dict[str, frozenset[str]] = {
    "english": _words("the of and in for with to from by on an is are how what between among does using"),
    "german": _words(
        "der die das und des dem den ein eine einer eines zur zum von mit bei für fur im auf als nach aus ist"
    ),
    "french": _words("le les des du et dans une pour sur par avec chez au aux est l d un la de"),
    "spanish": _words("el los las del en y una para por con al su sus como es un la de"),
    "portuguese": _words("o os as do da dos das em e um uma para por com no na nos nas ao de"),
    "italian": _words("il lo gli dei della delle degli nel nella e una per con di da un la"),
    "dutch": _words("het een van en voor met bij op de in der naar door"),
    "polish": _words("w i z na do u oraz przez dla po od"),
    "turkish": _words("ve bir ile için icin olan olarak"),
}
STOP = frozenset().union(*LANGUAGES.values()) | _words("a at as its or without via versus vs into")

ROMAN = {name: value for value, name in enumerate(["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"], 1)}
SPELLED_NUMBERS = {name: str(value) for value, name in enumerate(["one", "two", "three", "four", "five", "six"], 1)}
MONTHS = {
    name: month
    for month, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}

# Titles made of these name a kind of piece, not a work.
GENERIC_WORDS = _words(
    """
    abstract abstracts acknowledgement acknowledgements acknowledgments address announcement announcements annual
    appendix article articles author authors back biography board book books bulletin calendar call cartoon case chair
    chapter column comment commentary comments committee conclusion conclusions conference congress contents
    contribution contributions contributors correspondence corrections correction corrigendum cover current debate
    dedication department discussion editor editorial editorials editors erratum errata essay event events executive
    final foreword forum front general guest guide highlights image images index instructions interview introduction
    introductory invited issue issues journal keynote letter letters list literature masthead matter meeting meetings
    message minutes miscellaneous monthly new news newsletter next note notes notice obituary opening opinion oral our
    page panel papers paper part perspective perspectives plenary point poster posters preface preliminary preparation
    presentation presidential president previews proceedings profile program programme publication publications
    quarterly question questions quiz rapid readers reader recent rejoinder remarks reply report reports research
    response responses review reviewer reviewers reviews roundtable scientific section selected session short society
    special statement summary supplement symposium table thanks this title track tribute unknown untitled update
    updates view viewpoint viewpoints volume weekly welcome workshop year
    bericht buchbesprechung einleitung geleitwort inhalt inhaltsverzeichnis leserbrief mitteilungen nachruf rezension
    rezensionen vorwort avant compte introduccion carta noticias nota notas presentacion prefacio prologo propos rendu
    resena editoriale editoriales editorialis prefazione recensione
    """
)

# A title that is a correction, reply, comment, protocol or part has one of these words.
MARKING = _words(
    """
    errata erratum errate corrigenda corrigendum correction corrections addendum publisher expression fe berichtigung
    rectificatif retraction retracted withdrawn withdrawal notice re reply replies response author authors rejoinder
    comment comments commentary letter letters editorial invited discussion protocol rationale part parts pt section
    chapter volume vol paper report article lecture study phase teil parte partie no number
    """
)

# A number behind one of these counts what the title names; a lone number at the end of another title is a footnote's.
COUNTING = _words(
    """
    part parts pt section chapter volume vol paper report article lecture study studies phase teil parte partie no nr
    number type types class classes group grade grades stage stages level levels model models version trial trials
    series case cases category step steps cycle cycles generation unit book module round wave week weeks day days month
    months year years age experiment cohort figure table appendix supplement question theorem problem example lesson
    tome band heft fase tipo typ numero episode session issue edition
    """
)
# What a source is: a meeting, a journal, or a book that comes out each year or once.
MEETING_WORDS = _words(
    "conference conf proceedings proc symposium symp workshop workshops meeting congress kongress congreso tagung"
)
SERIAL_WORDS = _words(
    """
    journal j jnl transactions trans bulletin bull magazine letters annals ann archives arch quarterly zeitschrift revue
    revista rivista tijdschrift
    """
)
BOOK_WORDS = _words(
    """
    yearbook yearbooks almanac almanach handbook textbook book encyclopedia encyclopaedia dictionary jahrbuch handbuch
    annuaire anuario annuario dissertation dissertations thesis theses newsletter
    """
)
# What names a volume of a meeting.
VOLUME_WORDS = MEETING_WORDS | _words("abstract abstracts proceedings posters programme program")
# Servers of preprints, as the source names them.
PREPRINT_WORDS = _words(
    """
    preprint preprints biorxiv medrxiv arxiv chemrxiv psyarxiv socarxiv techrxiv engrxiv edarxiv osf ssrn authorea
    preprintsorg
    """
)
PARTICLES = _words(
    """
    van von der den de del della dela la le les du das da do dos di al el ul bin ibn ben ten ter te zu zur af av
    jr sr junior senior ii iii iv st md phd msc bsc dr prof mr mrs ms et others anonymous anon
    """
)
NO_AUTHOR = frozenset(
    (
        *_words("anonymous anon unknown na nan none"),
        "",
        "no authors listed",
        "no author",
        "author unknown",
        "n a",
        "not available",
        "no author listed",
    )
)

# What proceedings and journals of all subjects are called; left out when two names of a source are compared again.
SOURCE_WORDS = _words(
    """
    proceedings proc conference conf international intl int annual symposium symp workshop meeting congress transactions
    trans journal j the of on in and for ieee acm advances lecture notes series official publication
    """
)


# Parts of words that turn a meaning: two titles that differ in them are about two things.
CONTRASTS: tuple[tuple[str, str], ...] = (
    ("hyper", "hypo"),
    ("in", "de"),
    ("pre", "post"),
    ("ante", "post"),
    ("inter", "intra"),
    ("extra", "intra"),
    ("in", "out"),
    ("in", "ex"),
    ("over", "under"),
    ("macro", "micro"),
    ("mono", "poly"),
    ("uni", "bi"),
    ("uni", "multi"),
    ("single", "multi"),
    ("homo", "hetero"),
    ("endo", "exo"),
    ("sy", "dia"),
    ("anti", "pro"),
    ("agonist", "antagonist"),
    ("up", "down"),
    ("", "anti"),
    ("", "fe"),
    ("", "wo"),
    ("", "un"),
    ("", "non"),
    ("", "in"),
    ("", "dis"),
    ("", "post"),
    ("", "pre"),
    ("", "re"),
    ("", "sub"),
    ("", "hyper"),
    ("", "hypo"),
)


def language_of(words: str) -> str:
    """The language whose small words a folded title has most of; "" where none or two are equally likely."""
    tokens = words.split()
    if in_other_script(words):
        return "other script"
    counts = sorted(
        ((sum(token in small for token in tokens), name) for name, small in LANGUAGES.items()), reverse=True
    )
    (most, language), (second, _) = counts[0], counts[1]
    return language if most > second else ""


def in_other_script(words: str) -> bool:
    """Whether most letters of a folded title are not Latin ones."""
    return not words.isascii() and sum(letter > "\u036f" for letter in words) * 2 > len(words.replace(" ", ""))
