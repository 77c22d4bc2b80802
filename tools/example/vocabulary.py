"""Words for the synthetic records: people and journals that plainly do not exist, topics that such a search finds."""

from __future__ import annotations

from dataclasses import dataclass

FAMILY_STARTS = ("Sampl", "Exempl", "Mock", "Test", "Prox", "Dumm", "Fict", "Dem", "Synth", "Plac", "Stand", "Specim")
FAMILY_ENDS = ("eton", "ley", "well", "inger", "ova", "ini", "mann", "sen", "dal", "wick", "escu", "ida", "ström", "ié")
ODD_FAMILIES = ("O'Sample", "van den Proxy", "de la Muestra", "Müster-Beispiel", "Ni Example", "von Muster")
GIVEN = (
    "Anna", "Boris", "Chiara", "David", "Elena", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Karin", "Leo", "Mei",
    "Nils", "Olga", "Pavel", "Quynh", "Rosa", "Sven", "Tala", "Umar", "Vera", "Wei", "Xenia", "Yusuf", "Zoë",
)  # fmt: skip
MIDDLE = ("", "", "", "A", "B", "E", "H", "J", "K", "L", "M", "R", "S", "T")
SUFFIXES = ("Jr", "3rd")

# (full title, abbreviation): no such journal exists.
JOURNALS: tuple[tuple[str, str], ...] = (
    ("Journal of Synthetic Spine Records", "J Synth Spine Rec"),
    ("Placeholder Spine Journal", "Placeholder Spine J"),
    ("Example Neurosurgery", "Exampl Neurosurg"),
    ("Annals of Fictional Orthopaedics", "Ann Fict Orthop"),
    ("Specimen Pain Medicine", "Specimen Pain Med"),
    ("International Journal of Stand-in Surgery", "Int J Stand-in Surg"),
    ("Archives of Invented Radiology", "Arch Invent Radiol"),
    ("Mock Journal of Endoscopic Technique", "Mock J Endosc Tech"),
    ("Sample Osteoporosis Reports", "Sample Osteoporos Rep"),
    ("Demonstration Biomechanics and Materials", "Demonstr Biomech Mater"),
    ("Acta Exemplaria Chirurgica", "Acta Exempl Chir"),
    ("Proxy Anesthesia & Analgesia Letters", "Proxy Anesth Analg Lett"),
    ("Imaginary European Journal of Trauma", "Imag Eur J Trauma"),
    ("Test Bed Clinical Cases", "Test Bed Clin Cases"),
    ("Simulated Oncology and Bone", "Simul Oncol Bone"),
    ("The Fabricated Medical Weekly", "Fabr Med Wkly"),
)
SUPPLEMENT = ("Proceedings of the Placeholder Spine Congress", "Proc Placeholder Spine Congr")
REGISTRY = ("Example Trials Register", "Exampl Trials Regist")

NOTE_SYNTHETIC = "Synthetic record of the Prismake example; no such publication exists."
NOTE_REAL = (
    "Real publication, bibliographic facts only: the accession number is a stand-in, "
    "abstract, address and indexing are left out."
)
NOTE_REAL_AUTHORS = NOTE_REAL + " Authors after the third are left out as in the source."

AFFILIATIONS = (
    "Department of Spine Surgery, Example University Hospital, Exampletown",
    "Department One, Placeholder University, Placeholder City",
    "Institute of Biomechanics, Sample Technical University, Sampleton",
    "Pain Clinic, Specimen General Hospital, Specimen Bay",
    "Department of Radiology, Mock Medical Centre, Mockham",
)


@dataclass(frozen=True)
class Topic:
    """What the abstracts of a group of works are about.

    `score` is a pain score from 0 to 10 ("" where nobody was asked), `rate` an event ("" where none was counted),
    `amount` a measured quantity with the tenths between which its mean lies and its unit. `why` is the remark that the
    decisions table makes where such a record leaves at the abstract stage.
    """

    background: str
    subjects: str
    score: str
    rate: str
    amount: tuple[str, int, int, str]
    conclusion: str
    headings: tuple[str, ...]
    why: str


TOPICS: dict[str, Topic] = {
    "leak": Topic(
        "Cement outside the vertebral body is common after vertebroplasty and kyphoplasty and seldom causes symptoms",
        "patients with osteoporotic vertebral fractures",
        "back pain",
        "leakage into the canal or a foramen",
        ("cement volume", 25, 60, "ml"),
        "Site and size of the leak should be described apart from its symptoms",
        ("Vertebroplasty", "Bone Cements", "Extravasation of Diagnostic and Therapeutic Materials"),
        "Cement leakage as such; no endoscopic treatment",
    ),
    "fracture": Topic(
        "New vertebral fractures follow augmentation in a part of the patients, and their cause is debated",
        "patients after vertebral augmentation",
        "back pain",
        "a new vertebral fracture",
        ("regional kyphosis", 80, 210, "degrees"),
        "Risk of a further fracture depends more on the bone than on the procedure",
        ("Fractures, Compression", "Kyphoplasty", "Osteoporosis"),
        "Later fractures; no radiculopathy, no endoscopy",
    ),
    "biomech": Topic(
        "Mechanical effects of cement on the treated and the neighbouring segments are incompletely known",
        "specimens or simulated segments",
        "",
        "failure of an endplate",
        ("stiffness", 420, 990, "N/mm"),
        "The filling pattern changed the load that the neighbouring segment took",
        ("Biomechanical Phenomena", "Bone Cements", "Finite Element Analysis"),
        "Laboratory work without patients",
    ),
    "disc": Topic(
        "Full-endoscopic techniques are used for disc herniation and stenosis with growing frequency",
        "patients with lumbar disc herniation or stenosis",
        "leg pain",
        "reoperation",
        ("operating time", 420, 980, "minutes"),
        "Endoscopic surgery gave lasting relief of leg pain in most patients",
        ("Endoscopy", "Diskectomy, Percutaneous", "Intervertebral Disc Displacement"),
        "Endoscopy for degenerative disease; no vertebral augmentation",
    ),
    "radic": Topic(
        "Radicular pain has several causes, and its course without surgery varies",
        "patients with radicular pain",
        "leg pain",
        "a motor deficit",
        ("time off work", 30, 140, "weeks"),
        "The nerve root's state at presentation told most about the course",
        ("Radiculopathy", "Sciatica", "Nerve Block"),
        "Radiculopathy of other origin",
    ),
    "trial_kp": Topic(
        "Techniques of vertebral augmentation have rarely been compared under random allocation",
        "patients with painful osteoporotic vertebral fractures",
        "back pain",
        "cement leakage",
        ("gain in vertebral height", 11, 52, "mm"),
        "The two groups differed less than expected",
        ("Kyphoplasty", "Vertebroplasty", "Spinal Fractures"),
        "Trial of augmentation; radiculopathy and endoscopy not studied",
    ),
    "trial_disc": Topic(
        "Endoscopic decompression is held to spare tissue, but trials with concealed allocation are few",
        "patients with lumbar root compression",
        "leg pain",
        "reoperation",
        ("hospital stay", 8, 49, "days"),
        "Results were alike at the last visit, with an earlier recovery after the endoscopic procedure",
        ("Diskectomy, Percutaneous", "Endoscopy", "Treatment Outcome"),
        "Trial of decompression; no vertebral augmentation",
    ),
    "trial_inj": Topic(
        "Injections around the nerve root are widely used although their lasting effect is uncertain",
        "patients with lumbar or cervical radicular pain",
        "radicular pain",
        "a second injection",
        ("walking time", 110, 480, "minutes"),
        "Pain fell in both groups and the difference was gone after three months",
        ("Injections, Epidural", "Radiculopathy", "Steroids"),
        "Injection for degenerative radiculopathy",
    ),
    "trial_other": Topic(
        "Care around percutaneous spine procedures varies between hospitals",
        "adults with a percutaneous spine procedure",
        "pain during the procedure",
        "an adverse event",
        ("operating time", 310, 820, "minutes"),
        "The tested measure was safe and modestly helpful",
        ("Anesthesia, Local", "Conscious Sedation", "Spine"),
        "Perioperative care; not the review's question",
    ),
    "tumour": Topic(
        "Percutaneous procedures relieve pain from vertebral tumours, sometimes close to nerve roots",
        "patients with spinal tumours",
        "back pain",
        "progression at the treated level",
        ("survival", 51, 190, "months"),
        "Palliation was achieved with few complications",
        ("Spinal Neoplasms", "Vertebroplasty", "Palliative Care"),
        "Tumour treatment",
    ),
    "pelvis": Topic(
        "Augmentation is used beyond the vertebral body, for instance in the sacrum",
        "patients with pelvic or sacral insufficiency fractures",
        "pain",
        "cement leakage",
        ("cement volume", 31, 88, "ml"),
        "Pain fell soon after the procedure",
        ("Sacrum", "Fractures, Stress", "Bone Cements"),
        "Not the lumbar or thoracic spine",
    ),
    "screw": Topic(
        "Screws hold poorly in osteoporotic bone, and cement is one remedy",
        "patients with instrumented fusion",
        "back pain",
        "screw loosening",
        ("cement volume per screw", 10, 29, "ml"),
        "Cement lowered loosening at the price of more leakage",
        ("Pedicle Screws", "Bone Cements", "Spinal Fusion"),
        "Instrumentation; not vertebroplasty followed by endoscopy",
    ),
    "imaging": Topic(
        "Imaging guides percutaneous spine procedures and finds their complications",
        "procedures with planned imaging",
        "",
        "a finding missed by fluoroscopy",
        ("effective dose", 12, 94, "mSv"),
        "The method found more than plain fluoroscopy did",
        ("Tomography, X-Ray Computed", "Fluoroscopy", "Vertebroplasty"),
        "Imaging method without treatment of radiculopathy",
    ),
    "material": Topic(
        "Acrylic cement has drawbacks in handling, heat and stiffness that other materials might avoid",
        "test samples",
        "",
        "a fracture of the sample",
        ("compressive strength", 310, 980, "MPa"),
        "The modified material met the mechanical demands of vertebral augmentation",
        ("Bone Cements", "Materials Testing", "Polymethyl Methacrylate"),
        "Materials research without patients",
    ),
    "animal": Topic(
        "Effects of cement and of instruments on nerve tissue can hardly be studied in patients",
        "animals",
        "",
        "demyelination",
        ("conduction velocity", 180, 560, "m/s"),
        "Damage depended on volume and on the time of exposure",
        ("Models, Animal", "Spinal Nerve Roots", "Bone Cements"),
        "Animal experiment",
    ),
    "complication": Topic(
        "Serious complications of vertebral augmentation are rare, and most are known from single patients",
        "patients after vertebral augmentation",
        "back pain",
        "a further operation",
        ("hospital stay", 40, 240, "days"),
        "Early imaging and a low threshold for treatment are advised",
        ("Postoperative Complications", "Vertebroplasty", "Kyphoplasty"),
        "Other complication; no radiculopathy treated by endoscopy",
    ),
    "steno": Topic(
        "Foraminal stenosis is a frequent cause of leg pain and is easily missed",
        "patients with lumbar foraminal stenosis",
        "leg pain",
        "reoperation",
        ("foraminal area", 510, 980, "mm²"),
        "Decompression of the foramen relieved the root in most patients",
        ("Spinal Stenosis", "Foraminotomy", "Endoscopy"),
        "Foraminal stenosis not caused by vertebral augmentation",
    ),
    "osteop": Topic(
        "Vertebral fractures are a burden on patients and on health services",
        "people with osteoporotic vertebral fractures",
        "back pain",
        "a second fracture",
        ("age", 690, 830, "years"),
        "Care after the fracture leaves room for improvement",
        ("Osteoporotic Fractures", "Health Services", "Aged"),
        "Osteoporosis care",
    ),
    "full": Topic(
        "Nerve roots irritated by cement can be decompressed, and the endoscope is one of several ways",
        "patients with radicular symptoms after vertebroplasty or kyphoplasty",
        "leg pain",
        "residual cement",
        ("operating time", 480, 980, "minutes"),
        "Decompression of the nerve root was feasible",
        ("Vertebroplasty", "Radiculopathy", "Endoscopy"),
        "",
    ),
    "technique": Topic(
        "Cement near a nerve root can be reached with the endoscope",
        "patients with cement in the canal or a foramen",
        "",
        "",
        ("", 0, 0, ""),
        "The steps can be learnt in the laboratory",
        ("Vertebroplasty", "Radiculopathy", "Endoscopy"),
        "",
    ),
    "review": Topic(
        "Vertebral augmentation and endoscopic spine surgery are widely used",
        "publications",
        "",
        "",
        ("", 0, 0, ""),
        "The evidence rests on few and small studies",
        ("Vertebroplasty", "Endoscopy", "Spine"),
        "",
    ),
}
# Remarks of the decisions table at the full-text stage.
FULLTEXT_REMARKS = {
    "insufficient_detail": "Operation or patients not described closely enough",
    "no_outcome": "Technique or findings only; no result after the operation",
    "not_endoscopic": "Treated by other means than full-endoscopic surgery",
}
