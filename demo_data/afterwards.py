"""What became of the directives of 12/10/2023 in the weeks after.

Made up, as the directives are; a report holds no figure, so that no invented number passes for a
real one.
"""

from datetime import datetime, timedelta, timezone

from demo_data import Acknowledgement, Extension, Report

_VIETNAM = timezone(timedelta(hours=7))


def _on(day: int, month: int, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2023, month, day, int(hour), int(minute), tzinfo=_VIETNAM)


ACKNOWLEDGEMENTS = (
    Acknowledgement("tang_thu", "thue", _on(12, 10, "14:05")),
    Acknowledgement("vuong_mac", "nong_nghiep", _on(12, 10, "14:20")),
    Acknowledgement("vuong_mac", "dan_toc", _on(12, 10, "15:10")),
    Acknowledgement("dat_dai", "tai_nguyen", _on(12, 10, "14:30")),
    Acknowledgement("dat_dai", "kiem_lam", _on(12, 10, "16:02")),
    Acknowledgement("du_lieu_so", "van_hoa", _on(12, 10, "15:25")),
    Acknowledgement("giai_ngan", "tai_chinh", _on(12, 10, "13:40"), "daibieu2"),
    Acknowledgement(
        "mat_bang",
        "du_an",
        _on(13, 10, "08:15"),
        note="Đề nghị cho biết có tính các hộ chưa có giấy tờ về đất hay không.",
        reply="clarify",
    ),
    Acknowledgement("mat_bang", "quang_son", _on(12, 10, "13:30"), "daibieu"),
    Acknowledgement("sat_lo", "quang_son", _on(12, 10, "13:31"), "daibieu"),
    Acknowledgement("sat_lo", "quang_hoa", _on(13, 10, "09:10")),
    Acknowledgement("ky_luat", "noi_vu", _on(12, 10, "14:45")),
    Acknowledgement("mat_bang", "du_an", _on(16, 10, "10:00")),
)

REPORTS = (
    # Done in time, and checked.
    Report(
        "giai_ngan",
        "tai_chinh",
        _on(20, 10, "15:30"),
        100,
        "Đã lập biểu theo dõi đến từng dự án, từng chủ đầu tư và trình Chủ tịch UBND huyện.",
        done=True,
        username="daibieu2",
        decided_at=_on(23, 10, "08:20"),
    ),
    # Not good enough, and not mended since.
    Report(
        "vuong_mac",
        "nong_nghiep",
        _on(26, 10, "16:40"),
        100,
        "Đã tổng hợp vướng mắc của các dự án theo ba nhóm: thủ tục, định mức hỗ trợ và mặt bằng.",
        done=True,
        decided_at=_on(30, 10, "09:05"),
        remarks="Mới nêu vướng mắc theo nhóm; cần nêu từng dự án và đề xuất cách xử lý cụ thể.",
    ),
    # Late.
    Report(
        "tang_thu",
        "thue",
        _on(30, 10, "16:50"),
        80,
        "Đã rà soát xong nguồn thu; còn đối chiếu các khoản nợ đọng với Kho bạc Nhà nước.",
    ),
    Report(
        "tang_thu",
        "thue",
        _on(3, 11, "10:15"),
        100,
        "Đã đối chiếu xong nợ đọng và gửi UBND huyện báo cáo đề xuất giải pháp tăng thu.",
        done=True,
        decided_at=_on(6, 11, "08:30"),
    ),
    # After the time that was given, open.
    Report(
        "mat_bang",
        "du_an",
        _on(29, 11, "15:20"),
        70,
        "Phần lớn các hộ đã nhận bồi thường và bàn giao mặt bằng; còn một số hộ chưa thống nhất "
        "về giá, Ban đang cùng UBND xã tiếp tục vận động.",
    ),
    Report(
        "ky_luat",
        "noi_vu",
        _on(14, 12, "14:10"),
        100,
        "Đã kiểm tra đột xuất, lập biên bản và báo cáo kết quả, kiến nghị xử lý từng trường hợp.",
        done=True,
        decided_at=_on(18, 12, "09:40"),
    ),
    Report(
        "du_lieu_so",
        "van_hoa",
        _on(27, 12, "16:00"),
        100,
        "Đã rà soát từng phần mềm với từng đơn vị; danh mục dữ liệu dùng chung đã thống nhất.",
        done=True,
    ),
    Report(
        "dat_dai",
        "tai_nguyen",
        _on(28, 12, "17:05"),
        60,
        "Đã xử lý các vụ việc có hồ sơ đầy đủ; các vụ ở vùng giáp ranh chờ kết quả đo đạc.",
    ),
)

EXTENSIONS = (
    Extension(
        "du_lieu_so",
        "van_hoa",
        _on(27, 11, "09:00"),
        "2023-12-31",
        "Một số phần mềm do ngành dọc quản lý, phải chờ đơn vị cung cấp xuất dữ liệu.",
        _on(28, 11, "08:10"),
        "Đồng ý gia hạn đến hết năm 2023; không gia hạn thêm.",
    ),
)
