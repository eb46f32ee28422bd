/**
 * What both languages share: the one lexicon all texts are read with, the things people attach, and how these are misspelt.
 *
 * Shop chat mixes languages inside a sentence ("check giúp em cái screenshot này"), so the nouns stand together here while the
 * grammar words live in `lexicon-vi.ts` and `lexicon-en.ts`.
 */
import { Lexicon } from "./words.ts";

export const lexicon = new Lexicon();

/**
 * Nouns that are a picture and hardly anything else. Plain "anh" is missing on purpose: it is mostly "older brother, you", and
 * `expectation-vi.ts` decides from its neighbours when it is "ảnh".
 */
export const IMAGE = lexicon.words(
  "!ảnh hình hình_ảnh h/a ảnh_chụp_màn_hình hình_chụp_màn_hình chụp_màn_hình cap_màn_hình cap_mh chụp_mh ảnh_chụp hình_chụp ảnh_chụp_lại ảnh_chân_dung chân_dung",
  "pic pics picture pictures photo photos photograph photographs image images img imgs screenshot screenshots screen_shot screen_shots screencap",
  "screen_grab screen_capture selfie selfies snapshot snapshots snap pix",
);

/** Things that come as a picture, but are also talked about without one ("xuất bill", "thẻ sinh viên"). */
export const PICTURED = lexicon.words(
  "bill biên_lai cmnd cmt cccd căn_cước căn_cước_công_dân chứng_minh_thư chứng_minh_nhân_dân hộ_chiếu giấy_tờ_xe cà_vẹt bằng_lái toa_thuốc đơn_thuốc",
  "phiếu_thu phiếu_gửi_hàng phiếu_bảo_hành uỷ_nhiệm_chi mã_qr mã_vận_đơn video clip vid vids videos receipt receipts passport id_card driver_license drivers_license driver's_license",
  "prescription boarding_pass qr_code",
);

/** Nouns that are a document and hardly anything else. */
export const FILE = lexicon.words(
  "file files tệp tập_tin tài_liệu pdf pdfs doc docx docs document documents file_word bản_word bản_mềm bản_scan excel xlsx xls csv ppt pptx powerpoint spreadsheet spreadsheets",
  "attachment attachments word_file word_doc slide slides zip rar bản_pdf google_doc",
);

/** Papers that come as a file, but are also talked about without one ("hợp đồng ký mấy năm"). */
export const PAPER = lexicon.words(
  "cv resume hợp_đồng báo_giá bảng_báo_giá hoá_đơn hồ_sơ báo_cáo bảng_lương luận_văn đồ_án bài_tập bài_làm tiểu_luận đề_cương giáo_trình sao_kê danh_sách bản_vẽ",
  "bảng_điểm đề_thi kịch_bản bản_thảo phụ_lục biên_bản catalogue catalog brochure bài_thuyết_trình bài_luận đơn_xin_việc đơn_xin_nghỉ thư_xin_việc bản_thiết_kế bản_kế_hoạch",
  "kế_hoạch thời_khoá_biểu bảng_tính bảng_excel giấy_uỷ_quyền quyết_định công_văn chứng_từ hd tờ_khai bài_văn đơn_đăng_ký công_nợ đơn_xin bảng_chấm_công bảng_kê",
  "contract contracts invoice invoices report reports quotation quote proposal presentation transcript essay thesis assignment homework manuscript agreement portfolio",
  "bank_statement cover_letter draft deck brief application_form form purchase_order spec specs paper statement lease itinerary lesson_plan syllabus",
);

/** Papers that "này" does not yet make an attachment: "bài tập này khó quá" is about the one in the book. */
export const TALKED_ABOUT = lexicon.words(
  "video videos vid vids clip bài_tập bài_làm đề_thi hồ_sơ kế_hoạch danh_sách giáo_trình thời_khoá_biểu quyết_định form homework paper spec specs statement lease assignment",
);

/**
 * Fixed words that contain one of the nouns above and mean something else. Being phrases, they are read as one word and so
 * hide the noun.
 */
export const COMPOUNDS = lexicon.words(
  // "hình" as shape, form, model, crime …
  "màn_hình tình_hình hình_như hình_thức cấu_hình mô_hình truyền_hình gia_hình hình_xăm xăm_hình hình_học hình_thành điển_hình loại_hình địa_hình ngoại_hình",
  "thân_hình hình_thể hình_dáng hình_dạng hình_phạt hình_sự hình_tượng hình_tròn hình_vuông hình_tam_giác hình_chữ_nhật hình_trái_tim hình_thang hình_thái vô_hình hữu_hình",
  "tạo_hình định_hình siêu_hình tàng_hình vệ_hình hình_hài chỉnh_hình dị_hình phẫu_thuật_tạo_hình đội_hình thể_hình tượng_hình hành_hình tử_hình hình_nộm hình_nền máy_hình",
  "quay_hình lên_hình ghi_hình camera_hình phát_hình đứng_hình hết_hình xi_hình hình_bóng hình_dán hoạt_hình phim_hoạt_hình đồ_hình hình_nhân hình_trụ hình_cầu hình_oval hình_elip",
  // "ảnh", and "anh" as England, you, brother
  "ảnh_hưởng máy_ảnh nhiếp_ảnh điện_ảnh hoàn_cảnh ảnh_viện phim_ảnh album_ảnh khung_ảnh ốp_ảnh studio_ảnh tiệm_ảnh hiệu_ảnh thợ_ảnh giấy_ảnh sổ_ảnh sách_ảnh tranh_ảnh",
  "tiếng_anh nước_anh anh_văn anh_ngữ anh_chị anh_chàng anh_trai anh_ấy anh_ta anh_rể anh_họ anh_hai anh_ba anh_tư anh_năm anh_hùng anh_quốc bảng_anh",
  "vương_quốc_anh đàn_anh ông_anh anh_đào tinh_anh tuấn_anh vân_anh ngọc_anh hoàng_anh quỳnh_anh đức_anh minh_anh phương_anh",
  // file
  "file_size file_sizes file_format file_formats file_type file_types file_extension file_name nail_file file_cabinet file_manager file_system định_dạng_file đuôi_file",
  "dung_lượng_file kích_thước_file file_a file_an file_my file_taxes file_tax single_file document_fee hồ_sơ_bệnh_án tài_liệu_tham_khảo quản_lý_file",
  "pictured attacked attacking documented imagine google_docs paper_bag word_file_format hôm_nay năm_nay sáng_nay tuần_này tháng_này ngày_nay bữa_nay tối_đây excel_course học_excel khoá_excel dạy_excel tin_học_excel phần_mềm_excel excel_nâng_cao excel_cơ_bản",
  "phòng_tài_liệu slide_show dép_slide bill_of_lading hợp_đồng_lao_động_thời_vụ",
  // pictures in English
  "photo_shoot photo_shoots photoshoot photo_studio photo_frame photo_frames picture_frame picture_frames picture_quality image_quality photo_quality profile_picture profile_pic profile_photo",
  "photo_album photo_albums photo_book photo_books photobook photo_paper photo_print photo_prints photo_printing photo_printer photo_session photo_editing photo_editor photo_booth photo_card photo_cards",
  "passport_photo_service image_editing image_size picture_book picture_books big_picture image_resolution brand_image image_processing motion_picture photo_gallery photo_contest image_recognition video_call",
  "video_calls video_card video_cards video_games video_game id_photo_service photo_app product_photos product_pictures product_images product_photo product_picture stock_photos",
);

lexicon.respell(
  "anhr=ảnh arnh=ảnh ãnh=ảnh ảng=ảnh hinhf=hình hifnh=hình hìh=hình hìhh=hình hìng=hình hih=hình hìn=hình hjnh=hình hjh=hình hềnh=hình hinhanh=hình_ảnh",
  "pitcure=picture pictue=picture picure=picture pictur=picture picturs=pictures pciture=picture foto=photo fotos=photos phto=photo pohto=photo phot=photo fotoz=photos",
  "scrnshot=screenshot ss=screenshot sshot=screenshot screeshot=screenshot sceenshot=screenshot imge=image iamge=image imagee=image pict=pic picc=pic pik=pic chek=check chck=check",
  "fiel=file flie=file fike=file flle=file pdff=pdf fdf=pdf liẹu=liệu résumé=resume docment=document documnt=document doccument=document",
  "attachd=attached attatched=attached atached=attached attched=attached attachmnt=attachment attachement=attachment recipt=receipt reciept=receipt invoce=invoice",
  "gưi=gửi gửj=gửi gừi=gửi gữi=gửi guwir=gửi gửii=gửi wửi=gửi zửi=gửi hoa_don=hoá_đơn hđ=hợp_đồng hopdong=hợp_đồng baogia=báo_giá",
);
lexicon.correct(
  "picture pictures screenshot screenshots document documents attachment attachments attached attaching receipt invoice spreadsheet photograph describe translate summarize",
);
