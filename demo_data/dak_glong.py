"""Đắk Glong, Đắk Nông province, in 2023, and its briefing of 12/10/2023.

Taken from published news of that day: the occasion, the two chairmen, the figures, and in
substance the assessment and the conclusions. Everything else is made up for the demonstration:
every other person, what offices and communes say, who had the floor and when, the vote on the
agenda, the directives and their deadlines. The made-up remarks hold no figures, so that no invented
number passes for a real one. The papers hold nothing but what is in these texts, and say so.
"""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from demo_data import (
    Account,
    AgendaItem,
    Attendance,
    AttendanceStatus,
    Conclusion,
    Directive,
    Entry,
    EntryKind,
    Indicator,
    Meeting,
    Organisation,
    Paper,
    Participant,
    Person,
    Role,
    Section,
    Turn,
    Unit,
    UnitKind,
    Vote,
)
from demo_data.afterwards import ACKNOWLEDGEMENTS, EXTENSIONS, REPORTS

_VIETNAM = timezone(timedelta(hours=7))


def _at(clock: str) -> datetime:
    """The time ``HH:MM`` of the morning of the briefing."""
    hour, minute = clock.split(":")
    return datetime(2023, 10, 12, int(hour), int(minute), tzinfo=_VIETNAM)


# Units

_OFFICES = (
    ("van_phong", "Văn phòng HĐND và UBND huyện", "VP HĐND-UBND"),
    ("noi_vu", "Phòng Nội vụ", "Phòng NV"),
    ("tu_phap", "Phòng Tư pháp", None),
    ("tai_chinh", "Phòng Tài chính - Kế hoạch", "Phòng TC-KH"),
    ("tai_nguyen", "Phòng Tài nguyên và Môi trường", "Phòng TN&MT"),
    ("lao_dong", "Phòng Lao động - Thương binh và Xã hội", "Phòng LĐTB&XH"),
    ("van_hoa", "Phòng Văn hóa và Thông tin", "Phòng VH&TT"),
    ("giao_duc", "Phòng Giáo dục và Đào tạo", "Phòng GD&ĐT"),
    ("y_te", "Phòng Y tế", None),
    ("nong_nghiep", "Phòng Nông nghiệp và Phát triển nông thôn", "Phòng NN&PTNT"),
    ("ha_tang", "Phòng Kinh tế và Hạ tầng", "Phòng KT&HT"),
    ("dan_toc", "Phòng Dân tộc", None),
    ("thanh_tra", "Thanh tra huyện", None),
)

_AGENCIES = (
    ("cong_an", "Công an huyện", None),
    ("quan_su", "Ban Chỉ huy Quân sự huyện", "Ban CHQS huyện"),
    ("thue", "Chi cục Thuế khu vực", None),
    ("kho_bac", "Kho bạc Nhà nước", "KBNN"),
    ("bao_hiem", "Bảo hiểm xã hội huyện", "BHXH huyện"),
    ("ngan_hang", "Ngân hàng Chính sách xã hội", "Ngân hàng CSXH"),
    ("kiem_lam", "Hạt Kiểm lâm huyện", None),
    ("trung_tam_y_te", "Trung tâm Y tế huyện", "TTYT huyện"),
    ("du_an", "Ban Quản lý dự án và Phát triển quỹ đất", "BQLDA&PTQĐ"),
)

_ASSOCIATIONS = (
    ("mat_tran", "Ủy ban Mặt trận Tổ quốc Việt Nam huyện", "UB MTTQ Việt Nam huyện"),
    ("nong_dan", "Hội Nông dân huyện", None),
    ("phu_nu", "Hội Liên hiệp Phụ nữ huyện", None),
    ("cuu_chien_binh", "Hội Cựu chiến binh huyện", None),
    ("huyen_doan", "Huyện đoàn Đắk Glong", "Huyện đoàn"),
)

_COMMUNES = (
    ("quang_khe", "Quảng Khê"),
    ("quang_son", "Quảng Sơn"),
    ("quang_hoa", "Quảng Hòa"),
    ("dak_ha", "Đắk Ha"),
    ("dak_plao", "Đắk Plao"),
    ("dak_rmang", "Đắk R'Măng"),
    ("dak_som", "Đắk Som"),
)

# Not at this briefing, but named by directives of other years and levels.
_OTHERS: tuple[tuple[str, str, str, UnitKind, str | None], ...] = (
    ("kinh_te", "Phòng Kinh tế", "Phòng KT", "office", "huyen"),
    ("hanh_chinh_cong", "Trung tâm Phục vụ hành chính công", "TTPVHCC", "agency", "huyen"),
    ("so_tai_chinh", "Sở Tài chính", "Sở TC", "agency", None),
)

_office_keys = tuple(key for key, _, _ in _OFFICES)
_agency_keys = tuple(key for key, _, _ in _AGENCIES)
_commune_keys = tuple(key for key, _ in _COMMUNES)

_GROUPS = (
    ("cac_xa", "UBND các xã", _commune_keys),
    ("cac_phong_ban", "các phòng, ban", _office_keys),
    ("cac_phong_ban_nganh", "các phòng, ban, ngành", _office_keys + _agency_keys),
    ("cac_co_quan", "các cơ quan, đơn vị", _office_keys + _agency_keys + _commune_keys),
    ("thu_truong", "thủ trưởng các cơ quan, đơn vị", _office_keys + _agency_keys + _commune_keys),
    # Who is concerned differs from case to case, so this group has no fixed members.
    ("lien_quan", "các đơn vị liên quan", ()),
)


def _units() -> tuple[Unit, ...]:
    root = Unit(
        key="huyen",
        name="Ủy ban nhân dân huyện Đắk Glong",
        short_name="UBND huyện Đắk Glong",
        kind="district",
        parent=None,
        position=1,
        place="Quảng Khê",  # the seat of the district
    )
    units = [root]

    def add(
        key: str,
        name: str,
        short_name: str | None,
        kind: UnitKind,
        *,
        parent: str | None = root.key,
        members: tuple[str, ...] = (),
        place: str | None = None,
    ) -> None:
        position = len(units) + 1
        units.append(Unit(key, name, short_name, kind, parent, position, members, place))

    for key, name, short_name in _OFFICES:
        add(key, name, short_name, "office")
    for key, name, short_name in _AGENCIES:
        add(key, name, short_name, "agency")
    for key, name, short_name in _ASSOCIATIONS:
        add(key, name, short_name, "association")
    for key, place in _COMMUNES:
        add(key, f"UBND xã {place}", f"xã {place}", "commune", place=place)
    for key, name, short_name, kind, parent in _OTHERS:
        add(key, name, short_name, kind, parent=parent)
    for key, name, members in _GROUPS:
        add(key, name, None, "group", members=members)
    return tuple(units)


# People

_PEOPLE = (
    Person("thuan", "Trần Nam Thuần", "Phó Bí thư Huyện ủy, Chủ tịch UBND huyện", "huyen"),
    Person("phuong", "Đoàn Văn Phương", "Phó Chủ tịch UBND huyện", "huyen"),
    Person("bao", "Lương Thế Bảo", "Chánh Văn phòng", "van_phong"),
    Person("vy", "Đinh Thị Thảo Vy", "Chuyên viên", "van_phong"),
    Person("h_mai", "H'Mai Byă", "Văn thư", "van_phong"),
    Person("khoa", "Trịnh Quốc Khoa", "Quản trị hệ thống", "van_phong"),
    Person("dat", "Tô Hữu Đạt", "Trưởng phòng", "noi_vu"),
    Person("an", "Mai Thị Hoài Ân", "Trưởng phòng", "tu_phap"),
    Person("khai", "Cao Đình Khải", "Trưởng phòng", "tai_chinh"),
    Person("loi", "Phùng Khắc Lợi", "Trưởng phòng", "tai_nguyen"),
    Person("h_jang", "H'Jang", "Trưởng phòng", "lao_dong"),
    Person("thu", "Thái Thị Minh Thư", "Trưởng phòng", "van_hoa"),
    Person("thien", "Lưu Đức Thiện", "Trưởng phòng", "giao_duc"),
    Person("diem", "Quách Thị Diễm", "Trưởng phòng", "y_te"),
    Person("huong", "Nông Quốc Hưởng", "Trưởng phòng", "nong_nghiep"),
    Person("truong", "Võ Duy Trường", "Trưởng phòng", "ha_tang"),
    Person("y_thanh", "Y Thanh Niê", "Trưởng phòng", "dan_toc"),
    Person("tue", "Kiều Quang Tuệ", "Chánh Thanh tra", "thanh_tra"),
    Person("vy_cong_an", "Đàm Chí Vỹ", "Trưởng Công an", "cong_an"),
    Person("luc", "Tống Xuân Lực", "Chỉ huy trưởng", "quan_su"),
    Person("phuoc", "Bạch Đình Phước", "Chi cục trưởng", "thue"),
    Person("loan", "Nghiêm Thị Bích Loan", "Giám đốc", "kho_bac"),
    Person("sinh", "Triệu Văn Sinh", "Giám đốc", "bao_hiem"),
    Person("hien", "Chu Thế Hiển", "Giám đốc", "ngan_hang"),
    Person("kien", "Hà Trọng Kiên", "Hạt trưởng", "kiem_lam"),
    Person("gam", "Vi Thị Hồng Gấm", "Giám đốc", "trung_tam_y_te"),
    Person("quan", "Doãn Mạnh Quân", "Giám đốc", "du_an"),
    Person("k_wan", "K'Wăn", "Chủ tịch", "mat_tran"),
    Person("tong", "Ninh Bá Tòng", "Chủ tịch", "nong_dan"),
    Person("h_luyen", "H'Luyên", "Chủ tịch", "phu_nu"),
    Person("loc", "Phan Tất Lộc", "Chủ tịch", "cuu_chien_binh"),
    Person("dieu_lan", "Điểu Lan", "Bí thư", "huyen_doan"),
    Person("khoat", "Tạ Đăng Khoát", "Chủ tịch", "quang_khe"),
    Person("k_brong", "K'Brông", "Chủ tịch", "quang_son"),
    Person("pao", "Giàng A Páo", "Chủ tịch", "quang_hoa"),
    Person("nhan", "Hứa Thị Nhàn", "Chủ tịch", "dak_ha"),
    Person("k_yeng", "K'Yêng", "Chủ tịch", "dak_plao"),
    Person("dieu_glung", "Điểu Glung", "Chủ tịch", "dak_rmang"),
    Person("chan", "Ma Văn Chắn", "Chủ tịch", "dak_som"),
    Person("slinh", "Hoàng Thị Slinh", "Chuyên viên", "hanh_chinh_cong"),
)

_ACCOUNTS = (
    Account("quantri", "khoa", is_admin=True),
    Account("thuky", "vy", may_schedule=True),
    Account("chutoa", "thuan"),
    Account("daibieu", "k_brong"),
    Account("daibieu2", "khai"),
    Account("vanthu", "h_mai"),
    Account("khach", "slinh"),
)

ORGANISATION = Organisation(units=_units(), people=_PEOPLE, accounts=_ACCOUNTS)

_unit_of = {person.key: person.unit_key for person in _PEOPLE}


# The briefing: who takes part

_ROLES: dict[str, Role] = {
    "thuan": "chair",
    "phuong": "chair",
    "vy": "secretary",
    "h_mai": "records_clerk",
}
_NOT_INVITED = {"khoa", "slinh"}
_OBSERVING_UNITS = {"nong_dan", "phu_nu", "cuu_chien_binh", "huyen_doan"}


def _role(person: Person) -> Role:
    if person.unit_key in _OBSERVING_UNITS:
        return "observer"
    return _ROLES.get(person.key, "participant")


_PARTICIPANTS = tuple(
    Participant(person.key, _role(person), person.unit_key)
    for person in _PEOPLE
    if person.key not in _NOT_INVITED
)


# The agenda

_AGENDA = (
    AgendaItem(
        "khai_mac",
        "Kiểm tra kết nối các điểm cầu, khai mạc và thông qua chương trình",
        10,
        "van_phong",
        _at("08:02"),
        _at("08:11"),
    ),
    AgendaItem(
        "bao_cao",
        "Báo cáo kết quả 9 tháng và phương hướng 3 tháng cuối năm 2023",
        25,
        "tai_chinh",
        _at("08:11"),
        _at("08:38"),
    ),
    AgendaItem(
        "ngan_sach",
        "Thu, chi ngân sách và giải pháp tăng thu",
        25,
        "thue",
        _at("08:38"),
        _at("09:03"),
    ),
    AgendaItem(
        "muc_tieu",
        "Tiến độ thực hiện và giải ngân 03 Chương trình mục tiêu quốc gia",
        30,
        "nong_nghiep",
        _at("09:03"),
        _at("09:36"),
    ),
    AgendaItem(
        "dat_dai",
        "Phòng, chống thiên tai; quản lý đất đai, khoáng sản, trật tự xây dựng",
        25,
        "tai_nguyen",
        _at("09:36"),
        _at("09:59"),
    ),
    AgendaItem(
        "chuyen_doi_so",
        "Chuyển đổi số, cải cách hành chính và kỷ luật công vụ",
        20,
        "van_hoa",
        _at("09:59"),
        _at("10:18"),
    ),
    AgendaItem(
        "an_ninh",
        "Quốc phòng, an ninh và các vấn đề xã hội",
        15,
        "cong_an",
        _at("10:18"),
        _at("10:31"),
    ),
    AgendaItem("cac_xa", "Ý kiến của UBND các xã", 35, "cac_xa", _at("10:31"), _at("11:00")),
    AgendaItem("ket_luan", "Kết luận hội nghị", 20, "huyen", _at("11:00"), _at("11:18")),
)


# Who was there

_CHECK_IN_TIMES = ("07:42", "07:45", "07:48", "07:50", "07:53", "07:55", "07:57", "07:59")


def _attendance() -> tuple[Attendance, ...]:
    rows = []
    for index, participant in enumerate(_PARTICIPANTS):
        online = participant.unit_key in _commune_keys
        status: AttendanceStatus = "online" if online else "on_site"
        at = _at(_CHECK_IN_TIMES[index % len(_CHECK_IN_TIMES)])
        row = Attendance(participant.person_key, status, at)
        if participant.person_key == "hien":
            row = replace(
                row,
                status="absent",
                at=_at("08:05"),
                reason="Dự họp tại Chi nhánh tỉnh, đã báo cáo Chủ tịch UBND huyện",
            )
        elif participant.person_key == "chan":
            row = replace(
                row,
                deputy_name="K'Tiêng",
                reason="Chủ tịch UBND xã dự lớp bồi dưỡng tại tỉnh; Phó Chủ tịch UBND xã dự thay",
            )
        rows.append(row)
    return tuple(rows)


# What was said


def _said(item_key: str, clock: str, kind: EntryKind, person_key: str, text: str) -> Entry:
    return Entry(
        item_key, kind, text, _at(clock), unit_key=_unit_of[person_key], person_key=person_key
    )


_ENTRIES = (
    # Opening
    _said(
        "khai_mac",
        "08:03",
        "note",
        "bao",
        "Điểm cầu trung tâm tại UBND huyện đã kết nối với 07 điểm cầu xã; âm thanh và hình ảnh rõ. "
        "Tài liệu đã được gửi đến các đại biểu trên hệ thống.",
    ),
    _said(
        "khai_mac",
        "08:06",
        "opinion",
        "phuong",
        "Khai mạc hội nghị và thông qua chương trình. Đề nghị các đơn vị không đọc lại toàn văn "
        "báo cáo; dành thời gian nêu rõ việc chưa làm được, nguyên nhân và cách tháo gỡ.",
    ),
    # The report
    _said(
        "bao_cao",
        "08:12",
        "report",
        "khai",
        "Tình hình chung: kinh tế - xã hội của huyện trong 9 tháng giữ được sự ổn định. Trong 13 "
        "nhóm chỉ tiêu theo kế hoạch năm, tại thời điểm này mới đủ căn cứ để đánh giá 5 nhóm; các "
        "nhóm còn lại sẽ đánh giá khi có đủ số liệu.",
    ),
    _said(
        "bao_cao",
        "08:15",
        "report",
        "khai",
        "Trồng trọt: diện tích gieo trồng tính đến tháng 9 ước 32.787,8 ha, bằng 99,6% kế hoạch.",
    ),
    _said(
        "bao_cao",
        "08:18",
        "report",
        "khai",
        "Thu ngân sách: số liệu chốt đến ngày 14/9/2023, tổng thu ngân sách nhà nước là 139.396 "
        "triệu đồng, bằng 45,76% dự toán. Riêng ngân sách huyện thu 46.124/133.761 triệu đồng, "
        "bằng 34,48% dự toán. Kết quả này thấp so với tiến độ, gây khó khăn cho việc cân đối các "
        "nhiệm vụ chi.",
    ),
    _said(
        "bao_cao",
        "08:22",
        "report",
        "khai",
        "Xây dựng nông thôn mới: toàn huyện ước đạt 86/133 tiêu chí, bình quân 12,28 tiêu chí trên "
        "mỗi xã; 01 xã đã hoàn thành chương trình.",
    ),
    _said(
        "bao_cao",
        "08:25",
        "report",
        "khai",
        "Vốn 03 Chương trình mục tiêu quốc gia: kế hoạch của hai năm 2022 và 2023 là 533.443 triệu "
        "đồng; mới giải ngân 81.562 triệu đồng, bằng 15,29% kế hoạch.",
    ),
    _said(
        "bao_cao",
        "08:28",
        "report",
        "khai",
        "Các lĩnh vực khác: chuyển đổi số được các cấp quan tâm hơn; quốc phòng, an ninh được giữ "
        "vững. Trong 3 tháng cuối năm, Phòng đề nghị tập trung vào ba việc: thu ngân sách, giải "
        "ngân vốn các Chương trình mục tiêu quốc gia và chuyển đổi số.",
    ),
    _said(
        "bao_cao",
        "08:32",
        "question",
        "thuan",
        "Các nhóm chỉ tiêu chưa đánh giá được thì đơn vị nào theo dõi số liệu, khi nào có kết quả "
        "để UBND huyện chỉ đạo kịp thời?",
    ),
    _said(
        "bao_cao",
        "08:34",
        "answer",
        "khai",
        "Mỗi nhóm chỉ tiêu đã có phòng chuyên môn theo dõi. Một số chỉ tiêu chỉ thống kê theo năm "
        "nên chưa có kết quả; Phòng sẽ lập ước thực hiện cả năm và gửi kèm báo cáo tháng tới.",
    ),
    # Budget
    _said(
        "ngan_sach",
        "08:39",
        "report",
        "phuoc",
        "Thu đạt thấp chủ yếu do thị trường đất đai trầm lắng, các khoản thu từ đất không đạt "
        "như dự kiến; một số doanh nghiệp gặp khó khăn nên chậm nộp. Chi cục đã phân loại nợ và "
        "làm việc với từng người nộp thuế.",
    ),
    _said(
        "ngan_sach",
        "08:45",
        "opinion",
        "loan",
        "Việc kiểm soát chi được thực hiện ngay khi đủ hồ sơ. Tuy nhiên, nhiều chủ đầu tư gửi hồ "
        "sơ dồn vào cuối năm; đề nghị nghiệm thu đến đâu, làm thủ tục thanh toán đến đó.",
    ),
    _said(
        "ngan_sach",
        "08:49",
        "opinion",
        "khai",
        "Đề nghị các đơn vị rà soát, cắt giảm những khoản chi chưa cần thiết; ưu tiên bảo đảm "
        "lương, an sinh xã hội và khắc phục hậu quả thiên tai.",
    ),
    _said(
        "ngan_sach",
        "08:52",
        "question",
        "phuong",
        "Việc đấu giá quyền sử dụng đất đang vướng ở khâu nào và còn khả năng thực hiện trong năm "
        "nay hay không?",
    ),
    _said(
        "ngan_sach",
        "08:54",
        "answer",
        "quan",
        "Hồ sơ các khu đất đang chờ hoàn chỉnh phương án đấu giá và giá khởi điểm. Ban sẽ cùng "
        "Phòng Tài nguyên và Môi trường xử lý dứt điểm hồ sơ các khu đất đủ điều kiện, tổ chức đấu "
        "giá trong quý IV.",
    ),
    # National target programmes
    _said(
        "muc_tieu",
        "09:04",
        "report",
        "huong",
        "Tiến độ của cả ba chương trình đều chậm. Vốn được giao muộn, văn bản hướng dẫn thay đổi "
        "nhiều lần; năng lực lập hồ sơ của một số xã còn yếu. Với nông thôn mới, các tiêu chí khó "
        "nhất là giao thông, thu nhập và hộ nghèo.",
    ),
    _said(
        "muc_tieu",
        "09:10",
        "opinion",
        "y_thanh",
        "Nội dung hỗ trợ đất ở, đất sản xuất và nhà ở cho đồng bào dân tộc thiểu số gặp khó do "
        "quỹ đất hạn chế, nhiều hộ chưa có giấy tờ về đất. Đề nghị các xã chốt danh sách thụ "
        "hưởng, tránh trùng giữa các chương trình.",
    ),
    _said(
        "muc_tieu",
        "09:15",
        "opinion",
        "h_jang",
        "Các dự án đa dạng hóa sinh kế đã có danh sách hộ tham gia nhưng chậm phê duyệt do khó "
        "xác định giá con giống, cây giống. Phòng sẽ hướng dẫn mẫu hồ sơ thống nhất để các xã áp "
        "dụng.",
    ),
    _said(
        "muc_tieu",
        "09:20",
        "opinion",
        "truong",
        "Các tuyến đường do xã làm chủ đầu tư cần hoàn thành hồ sơ thiết kế trước mùa khô. Phòng "
        "cử cán bộ hỗ trợ thẩm định tại chỗ khi xã đề nghị.",
    ),
    _said(
        "muc_tieu",
        "09:24",
        "opinion",
        "quan",
        "Một số công trình chuyển tiếp chậm vì vướng mặt bằng và thiếu đất đắp. Đề nghị các xã "
        "tiếp tục vận động các hộ dân nhận bồi thường, bàn giao mặt bằng.",
    ),
    _said(
        "muc_tieu",
        "09:28",
        "question",
        "thuan",
        "Khâu nào làm chậm giải ngân nhất và cấp huyện tự tháo gỡ được những nội dung nào?",
    ),
    _said(
        "muc_tieu",
        "09:30",
        "answer",
        "huong",
        "Chậm nhất là khâu lập, thẩm định dự án hỗ trợ sản xuất. Cấp huyện chủ động được việc "
        "hướng dẫn hồ sơ và rút ngắn thời gian thẩm định; riêng định mức hỗ trợ phải xin ý kiến "
        "cấp tỉnh.",
    ),
    # Natural disasters, land, minerals, construction
    _said(
        "dat_dai",
        "09:37",
        "report",
        "loi",
        "Vi phạm về đất đai, khoáng sản và xây dựng vẫn còn nhiều, tập trung ở việc san gạt, xây "
        "dựng trên đất nông nghiệp và khai thác vật liệu trái phép. Nguyên nhân chính là phát "
        "hiện muộn, xử lý chưa đến nơi đến chốn.",
    ),
    _said(
        "dat_dai",
        "09:42",
        "opinion",
        "huong",
        "Mưa lớn kéo dài gây sạt lở, hư hỏng đường giao thông và cây trồng tại nhiều nơi. Đề nghị "
        "các xã thống kê thiệt hại đúng mẫu để kịp hỗ trợ người dân khôi phục sản xuất.",
    ),
    _said(
        "dat_dai",
        "09:46",
        "opinion",
        "kien",
        "Tình trạng lấn chiếm đất lâm nghiệp còn phức tạp ở vùng giáp ranh. Đề nghị chính quyền xã "
        "và chủ rừng cùng tuần tra, lập hồ sơ ngay khi phát hiện.",
    ),
    _said(
        "dat_dai",
        "09:49",
        "opinion",
        "tue",
        "Nhiều kết luận và quyết định xử phạt chưa được thi hành dứt điểm. Thanh tra huyện đề nghị "
        "đưa kết quả thi hành vào tiêu chí đánh giá người đứng đầu.",
    ),
    _said(
        "dat_dai",
        "09:52",
        "opinion",
        "truong",
        "Lực lượng kiểm tra trật tự xây dựng mỏng, địa bàn rộng. Đề nghị cấp xã phát hiện và lập "
        "biên bản ngay từ khi mới khởi công, không để công trình hoàn thành mới xử lý.",
    ),
    # Digital transformation and discipline
    _said(
        "chuyen_doi_so",
        "10:00",
        "report",
        "thu",
        "Chuyển đổi số đã có chuyển biến về nhận thức nhưng kết quả chưa đạt yêu cầu. Dữ liệu của "
        "nhiều lĩnh vực còn phân tán, cập nhật chậm; một số phần mềm đã trang bị nhưng ít được sử "
        "dụng.",
    ),
    _said(
        "chuyen_doi_so",
        "10:05",
        "opinion",
        "dat",
        "Một số cơ quan, đơn vị xử lý văn bản quá hạn, chưa nghiêm về giờ giấc làm việc. Phòng đề "
        "xuất kiểm tra công vụ đột xuất và công khai kết quả.",
    ),
    _said(
        "chuyen_doi_so",
        "10:08",
        "opinion",
        "thien",
        "Ngành giáo dục đã đưa hồ sơ học sinh lên phần mềm dùng chung. Khó khăn là đường truyền "
        "và thiết bị ở các điểm trường xa trung tâm.",
    ),
    _said(
        "chuyen_doi_so",
        "10:11",
        "opinion",
        "an",
        "Việc số hóa sổ hộ tịch cần đối chiếu kỹ với hồ sơ gốc. Đề nghị các xã bố trí công chức tư "
        "pháp - hộ tịch làm liên tục, không kiêm thêm việc khác trong thời gian này.",
    ),
    _said(
        "chuyen_doi_so",
        "10:13",
        "question",
        "phuong",
        "Những phần mềm nào ít được sử dụng và nguyên nhân từ phía phần mềm hay từ người dùng?",
    ),
    _said(
        "chuyen_doi_so",
        "10:15",
        "answer",
        "thu",
        "Nguyên nhân có ở cả hai phía: có phần mềm phải nhập liệu trùng lặp, có nơi chưa phân công "
        "người phụ trách. Phòng sẽ rà soát từng phần mềm với từng đơn vị để đề xuất dùng tiếp, "
        "thay thế hoặc dừng.",
    ),
    # Defence, security, society
    _said(
        "an_ninh",
        "10:19",
        "report",
        "vy_cong_an",
        "An ninh chính trị ổn định, trật tự, an toàn xã hội được bảo đảm. Cần lưu ý tranh chấp đất "
        "đai kéo dài, tín dụng đen và lừa đảo qua mạng vào dịp cuối năm.",
    ),
    _said(
        "an_ninh",
        "10:23",
        "opinion",
        "luc",
        "Chế độ trực sẵn sàng chiến đấu được duy trì nghiêm. Công tác chuẩn bị tuyển chọn, gọi "
        "công dân nhập ngũ đang đúng tiến độ; lực lượng dân quân sẵn sàng tham gia ứng phó thiên "
        "tai.",
    ),
    _said(
        "an_ninh",
        "10:26",
        "opinion",
        "gam",
        "Trung tâm tiếp tục giám sát dịch bệnh theo mùa và tiêm chủng cho trẻ em. Đề nghị các xã "
        "vận động người dân vệ sinh môi trường, diệt lăng quăng, phòng bệnh sốt xuất huyết.",
    ),
    _said(
        "an_ninh",
        "10:28",
        "opinion",
        "k_wan",
        "Mặt trận và các đoàn thể sẽ tăng cường vận động, giám sát việc sử dụng vốn của ba chương "
        "trình ngay tại thôn, bon; đề nghị chính quyền công khai danh mục đầu tư để nhân dân biết "
        "và tham gia.",
    ),
    # The communes
    _said(
        "cac_xa",
        "10:32",
        "opinion",
        "khoat",
        "Xã đã lập tổ thu đến từng thôn, bon, song các khoản thu từ đất còn thấp. Đề nghị sớm giải "
        "quyết hồ sơ đất đai tồn đọng để người dân hoàn thành nghĩa vụ tài chính.",
    ),
    _said(
        "cac_xa",
        "10:36",
        "opinion",
        "k_brong",
        "Xã cam kết bàn giao mặt bằng các công trình chuyển tiếp đúng hẹn. Khó khăn lớn nhất là "
        "tình trạng lấn chiếm đất rừng, khai thác khoáng sản trái phép ở vùng giáp ranh; đề nghị "
        "các ngành cùng xã kiểm tra, xử lý.",
    ),
    _said(
        "cac_xa",
        "10:40",
        "opinion",
        "pao",
        "Sau mưa lũ, nhiều đoạn đường đến các cụm dân cư bị hư hỏng, việc vận chuyển nông sản gặp "
        "trở ngại. Xã đã huy động nhân dân sửa tạm; đề nghị huyện bố trí kinh phí khắc phục các "
        "vị trí xung yếu.",
    ),
    _said(
        "cac_xa",
        "10:43",
        "opinion",
        "nhan",
        "Các tổ công nghệ số cộng đồng đã hướng dẫn người dân nộp hồ sơ trực tuyến, nhưng máy tính "
        "tại bộ phận một cửa đã cũ. Xã đề nghị được tập huấn thêm về nhập và khai thác dữ liệu.",
    ),
    _said(
        "cac_xa",
        "10:46",
        "opinion",
        "k_yeng",
        "Vốn giảm nghèo giao cho xã chậm giải ngân vì xã thiếu cán bộ có chuyên môn về đầu tư. Đề "
        "nghị các phòng chuyên môn cử người cùng làm hồ sơ với xã trong giai đoạn nước rút.",
    ),
    _said(
        "cac_xa",
        "10:49",
        "opinion",
        "dieu_glung",
        "Xã đã cắm biển cảnh báo và cử người trực tại những điểm có nguy cơ sạt lở. Một số hộ cần "
        "di dời nhưng chưa có đất bố trí; đề nghị huyện sớm có phương án tái định cư.",
    ),
    Entry(
        "cac_xa",
        "opinion",
        "Xã tập trung hoàn thành các tiêu chí nông thôn mới còn gần đạt, trước hết là nhà ở và môi "
        "trường. Đề nghị bổ sung hướng dẫn về hồ sơ minh chứng để xã tự đánh giá cho đúng.",
        _at("10:52"),
        unit_key="dak_som",
        speaker_name="K'Tiêng",
    ),
    _said(
        "cac_xa",
        "10:55",
        "question",
        "k_brong",
        "Hồ sơ hỗ trợ sản xuất xã đã gửi từ tháng trước nhưng chưa có kết quả thẩm định; đề nghị "
        "cho biết khi nào có kết quả?",
    ),
    _said(
        "cac_xa",
        "10:57",
        "answer",
        "huong",
        "Hồ sơ còn thiếu biên bản họp thôn. Phòng sẽ cử cán bộ đến xã cùng hoàn thiện ngay trong "
        "tuần tới và thẩm định khi đủ hồ sơ.",
    ),
    # Closing
    _said(
        "ket_luan",
        "11:01",
        "note",
        "thuan",
        "Phát biểu kết luận hội nghị; nội dung ghi tại phần kết luận và nhiệm vụ giao các đơn vị.",
    ),
)


# What the chairman concluded


def _concluded(section: Section, clock: str, text: str) -> Conclusion:
    return Conclusion(section, text, "ket_luan", _at(clock))


_CONCLUSIONS = (
    _concluded(
        "assessment",
        "11:02",
        "Kinh tế - xã hội của huyện 9 tháng năm 2023 cơ bản ổn định. Trong 13 nhóm chỉ tiêu của "
        "năm, đến nay có 5 nhóm đủ căn cứ đánh giá. Diện tích gieo trồng ước 32.787,8 ha, bằng "
        "99,6% kế hoạch.",
    ),
    _concluded(
        "assessment",
        "11:02",
        "Tính đến ngày 14/9/2023, thu ngân sách nhà nước là 139.396 triệu đồng, bằng 45,76% dự "
        "toán; trong đó, ngân sách huyện thu 46.124/133.761 triệu đồng, bằng 34,48% dự toán.",
    ),
    _concluded(
        "assessment",
        "11:03",
        "Về nông thôn mới, toàn huyện ước đạt 86/133 tiêu chí, bình quân 12,28 tiêu chí trên mỗi "
        "xã, 01 xã đã hoàn thành chương trình. Kế hoạch vốn 03 Chương trình mục tiêu quốc gia của "
        "hai năm 2022 và 2023 là 533.443 triệu đồng, mới giải ngân 81.562 triệu đồng, bằng 15,29%.",
    ),
    _concluded(
        "assessment",
        "11:03",
        "Chuyển đổi số được các cấp, các ngành quan tâm; quốc phòng, an ninh được bảo đảm, trật tự "
        "xã hội ổn định.",
    ),
    _concluded(
        "shortcomings",
        "11:04",
        "Các Chương trình mục tiêu quốc gia triển khai chậm, tỷ lệ giải ngân thấp; thu, chi "
        "ngân sách chưa theo kịp kế hoạch.",
    ),
    _concluded(
        "shortcomings",
        "11:04",
        "Thiên tai diễn biến phức tạp, gây thiệt hại nặng cho sản xuất và đe dọa an toàn của nhân "
        "dân.",
    ),
    _concluded(
        "shortcomings",
        "11:05",
        "Vi phạm trong quản lý đất đai, khoáng sản, xây dựng còn nhiều; việc xử lý ở một số nơi "
        "chưa nghiêm, chưa dứt điểm.",
    ),
    _concluded(
        "shortcomings",
        "11:05",
        "Kết quả chuyển đổi số chưa đạt yêu cầu; kỷ luật và trách nhiệm thực thi công vụ của một "
        "số đơn vị còn hạn chế.",
    ),
    _concluded(
        "tasks",
        "11:06",
        "Nhiều chỉ tiêu của năm chưa đạt. Yêu cầu toàn huyện tập trung cao độ trong 3 tháng cuối "
        "năm, thực hiện đồng bộ các giải pháp để đạt và vượt kế hoạch.",
    ),
    _concluded(
        "tasks",
        "11:07",
        "Người đứng đầu các cơ quan, đơn vị và Chủ tịch UBND các xã đề cao trách nhiệm, trực tiếp "
        "chỉ đạo tháo gỡ khó khăn thuộc phạm vi quản lý; việc vượt thẩm quyền báo cáo ngay UBND "
        "huyện, không để tồn đọng.",
    ),
    _concluded(
        "tasks",
        "11:07",
        "Thu ngân sách là nhiệm vụ chung của các ngành và các xã, không phải việc riêng của cơ "
        "quan thuế; phải quản lý chặt nguồn thu, đôn đốc nợ đọng, tiết kiệm chi.",
    ),
    _concluded(
        "tasks",
        "11:08",
        "Đối với 03 Chương trình mục tiêu quốc gia, từng phòng, từng xã cùng vào cuộc gỡ vướng mắc "
        "đến từng dự án, không đùn đẩy, không chờ đợi.",
    ),
    _concluded(
        "tasks",
        "11:08",
        "Về chuyển đổi số, coi dữ liệu số là gốc; mỗi phòng, ban sử dụng thực chất và phát huy "
        "hiệu quả các phần mềm của ngành, lĩnh vực mình.",
    ),
    _concluded(
        "organisation",
        "11:16",
        "Thủ trưởng các cơ quan, đơn vị, Chủ tịch UBND các xã căn cứ nhiệm vụ được giao xây dựng "
        "kế hoạch thực hiện, phân công rõ người, rõ việc, rõ thời hạn; chịu trách nhiệm trước Chủ "
        "tịch UBND huyện về kết quả.",
    ),
    _concluded(
        "organisation",
        "11:17",
        "Trong quá trình thực hiện, nếu có vướng mắc, các đơn vị báo cáo UBND huyện (qua Văn phòng "
        "HĐND và UBND huyện) để xem xét, giải quyết.",
    ),
)

_DIRECTIVES = (
    Directive(
        "Giao Chi cục Thuế khu vực chủ trì, phối hợp với Phòng Tài chính - Kế hoạch, Kho bạc Nhà "
        "nước, UBND các xã rà soát các nguồn thu còn dư địa và các khoản nợ đọng, đề xuất giải "
        "pháp tăng thu; báo cáo UBND huyện trước ngày 31/10/2023.",
        ("thue",),
        ("tai_chinh", "kho_bac", "cac_xa"),
        "2023-10-31",
        "trước ngày 31/10/2023",
        "ngan_sach",
        _at("09:00"),
        "tang_thu",
    ),
    Directive(
        "Giao Phòng Nông nghiệp và Phát triển nông thôn chủ trì, phối hợp với Phòng Dân tộc, Phòng "
        "Lao động - Thương binh và Xã hội, UBND các xã tổng hợp vướng mắc của từng dự án thuộc 03 "
        "Chương trình mục tiêu quốc gia, đề xuất cách xử lý đối với từng nội dung; hoàn thành "
        "trước ngày 27/10/2023.",
        ("nong_nghiep",),
        ("dan_toc", "lao_dong", "cac_xa"),
        "2023-10-27",
        "trước ngày 27/10/2023",
        "muc_tieu",
        _at("09:33"),
        "vuong_mac",
    ),
    Directive(
        "Giao Phòng Tài nguyên và Môi trường chủ trì, phối hợp với Phòng Kinh tế và Hạ tầng, Công "
        "an huyện, Hạt Kiểm lâm huyện, UBND các xã kiểm tra, xử lý dứt điểm các vụ việc lấn chiếm "
        "đất đai, khai thác khoáng sản và xây dựng trái phép; hoàn thành trong quý IV/2023.",
        ("tai_nguyen",),
        ("ha_tang", "cong_an", "kiem_lam", "cac_xa"),
        "2023-Q4",
        "trong quý IV/2023",
        "dat_dai",
        _at("09:56"),
        "dat_dai",
    ),
    Directive(
        "Giao Phòng Văn hóa và Thông tin chủ trì, phối hợp với Văn phòng HĐND và UBND huyện, Phòng "
        "Nội vụ rà soát việc sử dụng các phần mềm hiện có, chuẩn hóa dữ liệu số của từng lĩnh vực; "
        "hoàn thành trong tháng 11/2023.",
        ("van_hoa",),
        ("van_phong", "noi_vu"),
        "2023-11",
        "trong tháng 11/2023",
        "chuyen_doi_so",
        _at("10:17"),
        "du_lieu_so",
    ),
    Directive(
        "Giao Phòng Tài chính - Kế hoạch chủ trì, phối hợp với Kho bạc Nhà nước, Ban Quản lý dự án "
        "và Phát triển quỹ đất lập biểu theo dõi giải ngân theo từng dự án, từng chủ đầu tư; trình "
        "Chủ tịch UBND huyện trước 17 giờ 00 ngày 20/10/2023.",
        ("tai_chinh",),
        ("kho_bac", "du_an"),
        "2023-10-20T17:00",
        "trước 17 giờ 00 ngày 20/10/2023",
        "ket_luan",
        _at("11:09"),
        "giai_ngan",
    ),
    Directive(
        "Giao Ban Quản lý dự án và Phát triển quỹ đất chủ trì, phối hợp với Phòng Tài nguyên và "
        "Môi trường, UBND xã Quảng Sơn, UBND xã Quảng Hòa giải quyết vướng mắc về mặt bằng của các "
        "công trình chuyển tiếp; hoàn thành trước ngày 30/11/2023.",
        ("du_an",),
        ("tai_nguyen", "quang_son", "quang_hoa"),
        "2023-11-30",
        "trước ngày 30/11/2023",
        "ket_luan",
        _at("11:10"),
        "mat_bang",
    ),
    Directive(
        "Giao UBND các xã chủ trì, phối hợp với Phòng Nông nghiệp và Phát triển nông thôn, Ban Chỉ "
        "huy Quân sự huyện kiểm tra các điểm có nguy cơ sạt lở, ngập lụt, sẵn sàng phương án di "
        "dời dân đến nơi an toàn; thực hiện thường xuyên.",
        ("cac_xa",),
        ("nong_nghiep", "quan_su"),
        "ongoing",
        "thường xuyên",
        "ket_luan",
        _at("11:11"),
        "sat_lo",
    ),
    Directive(
        "Giao Phòng Nội vụ chủ trì, phối hợp với Thanh tra huyện, Văn phòng HĐND và UBND huyện "
        "kiểm tra đột xuất việc chấp hành kỷ luật, kỷ cương hành chính; báo cáo kết quả trước ngày "
        "15/12/2023.",
        ("noi_vu",),
        ("thanh_tra", "van_phong"),
        "2023-12-15",
        "trước ngày 15/12/2023",
        "ket_luan",
        _at("11:12"),
        "ky_luat",
    ),
    Directive(
        "Giao Công an huyện, Ban Chỉ huy Quân sự huyện chủ trì, phối hợp với UBND các xã nắm chắc "
        "tình hình, giữ vững an ninh, trật tự ngay từ cơ sở, không để bị động, bất ngờ.",
        ("cong_an", "quan_su"),
        ("cac_xa",),
        None,
        None,
        "ket_luan",
        _at("11:13"),
        "an_ninh",
    ),
    Directive(
        "Giao Văn phòng HĐND và UBND huyện theo dõi, đôn đốc việc thực hiện các nhiệm vụ được giao "
        "tại hội nghị; tổng hợp, báo cáo Chủ tịch UBND huyện trước ngày 25 hằng tháng.",
        ("van_phong",),
        (),
        "ongoing",
        "trước ngày 25 hằng tháng",
        "ket_luan",
        _at("11:14"),
        "don_doc",
    ),
)


# Indicators, as published; the plans that were not told are left open.

_INDICATORS = (
    Indicator("Tổng diện tích gieo trồng", "ha", "", "32.787,8", "Đạt 99,6% kế hoạch"),
    Indicator(
        "Thu ngân sách nhà nước đến ngày 14/9/2023",
        "triệu đồng",
        "",
        "139.396",
        "Đạt 45,76% dự toán",
    ),
    Indicator(
        "Trong đó: thu ngân sách huyện",
        "triệu đồng",
        "133.761",
        "46.124",
        "Đạt 34,48% dự toán",
    ),
    Indicator(
        "Tiêu chí nông thôn mới đạt chuẩn",
        "tiêu chí",
        "133",
        "86",
        "Bình quân 12,28 tiêu chí mỗi xã",
    ),
    Indicator("Xã hoàn thành chương trình nông thôn mới", "xã", "", "01", ""),
    Indicator(
        "Giải ngân vốn 3 chương trình mục tiêu quốc gia năm 2022 và năm 2023",
        "triệu đồng",
        "533.443",
        "81.562",
        "Đạt 15,29% kế hoạch vốn",
    ),
)


# The room: the communes had the floor one after the other, and the agenda was put to the vote.


def _turns() -> tuple[Turn, ...]:
    said = [entry for entry in _ENTRIES if entry.item_key == "cac_xa"]
    ends = [entry.at for entry in said[1:]] + [_at("11:00")]
    return tuple(
        Turn(entry.person_key, "cac_xa", _at("10:31"), entry.at, end)
        for entry, end in zip(said, ends, strict=True)
        if entry.person_key and entry.kind == "opinion"
    )


def _vote() -> Vote:
    absent = {row.person_key for row in _attendance() if row.status == "absent"}
    voters = [
        participant
        for participant in _PARTICIPANTS
        if participant.role in ("chair", "participant") and participant.person_key not in absent
    ]
    usernames = ("chutoa", "daibieu", "daibieu2")
    hands = len(voters) - len(usernames)
    question = "Thông qua chương trình hội nghị"
    return Vote(question, "khai_mac", _at("08:07"), _at("08:10"), usernames, hands)


# The papers

_SAMPLE = "(Tài liệu minh họa, dựng từ nội dung chạy thử)"

_REPORTED = tuple(
    entry.text for entry in _ENTRIES if entry.item_key == "bao_cao" and entry.kind == "report"
)

_PAPERS = (
    Paper(
        "bao_cao",
        "Báo cáo kết quả 9 tháng và phương hướng 3 tháng cuối năm 2023",
        "Báo cáo 9 tháng.pdf",
        paragraphs=(_SAMPLE, *_REPORTED),
    ),
    Paper(
        "bao_cao",
        "Kết quả 9 tháng năm 2023 (bản trình chiếu)",
        "Trình chiếu 9 tháng.pdf",
        paragraphs=(_SAMPLE, *_REPORTED),
        table=(
            ("Chỉ tiêu", "Đơn vị tính", "Kế hoạch", "Ước thực hiện", "Đánh giá"),
            *(
                (each.name, each.measure, each.plan, each.estimate, each.assessment)
                for each in _INDICATORS
            ),
        ),
        landscape=True,
    ),
)


# The two meetings: one series, so that the later one begins with what became of the directives of
# the earlier one.

_SERIES = "Giao ban định kỳ của UBND huyện Đắk Glong"

ENDED_BRIEFING = Meeting(
    code="GB-2023-09",
    title="Hội nghị giao ban trực tuyến 9 tháng và nhiệm vụ trọng tâm 3 tháng cuối năm 2023",
    location="Phòng họp trực tuyến UBND huyện Đắk Glong và điểm cầu tại UBND các xã",
    description="Đánh giá kinh tế - xã hội, quốc phòng, an ninh và chuyển đổi số 9 tháng năm 2023; "
    "thống nhất nhiệm vụ, giải pháp cho 3 tháng cuối năm.",
    organizer_unit_key="huyen",
    duration_minutes=210,
    participants=_PARTICIPANTS,
    agenda=_AGENDA,
    indicators=_INDICATORS,
    papers=_PAPERS,
    starts_at=_at("08:00"),
    ends_at=_at("11:30"),
    opened_at=_at("08:02"),
    closed_at=_at("11:18"),
    attendance=_attendance(),
    entries=_ENTRIES,
    conclusions=_CONCLUSIONS,
    directives=_DIRECTIVES,
    acknowledgements=ACKNOWLEDGEMENTS,
    reports=REPORTS,
    extensions=EXTENSIONS,
    series=_SERIES,
    turns=_turns(),
    votes=(_vote(),),
)

READY_BRIEFING = Meeting(
    code="GB-DEMO",
    title=f"{ENDED_BRIEFING.title} (bản chạy thử)",
    location=ENDED_BRIEFING.location,
    description=ENDED_BRIEFING.description,
    organizer_unit_key=ENDED_BRIEFING.organizer_unit_key,
    # What became of the earlier directives takes its time.
    duration_minutes=ENDED_BRIEFING.duration_minutes + 30,
    participants=ENDED_BRIEFING.participants,
    agenda=tuple(replace(item, started_at=None, ended_at=None) for item in _AGENDA),
    papers=_PAPERS,
    series=_SERIES,
)

MEETINGS = (ENDED_BRIEFING, READY_BRIEFING)
