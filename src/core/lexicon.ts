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
  "screen_grab screengrab screen_capture selfie selfies snapshot snapshots snap pix headshot headshots thumbnail 📷 📸 🖼",
);

/** Things that come as a picture, but are also talked about without one ("xuất bill", "thẻ sinh viên"). */
export const PICTURED = lexicon.words(
  "bill biên_lai cmnd cmt cccd căn_cước căn_cước_công_dân chứng_minh_thư chứng_minh_nhân_dân hộ_chiếu giấy_tờ_xe cà_vẹt bằng_lái toa_thuốc đơn_thuốc",
  "phiếu_thu phiếu_gửi_hàng phiếu_bảo_hành uỷ_nhiệm_chi mã_qr mã_vận_đơn video clip vid vids videos receipt receipts passport id_card driver_license drivers_license driver's_license",
  "prescription boarding_pass qr_code",
  "sổ_đỏ sổ_hồng sổ_khám sổ_hộ_khẩu sổ_tiết_kiệm giấy_phép_lái_xe gplx đăng_ký_xe giấy_khai_sinh thẻ_căn_cước thẻ_sinh_viên thẻ_bảo_hiểm thẻ_bhyt bảo_hiểm_y_tế giấy_ra_viện giấy_khám",
  "siêu_âm phim_x_quang phim_chụp x_quang phiếu_khám phiếu_giao_hàng phiếu_xuất_kho phiếu_nhập_kho phiếu_cân giấy_nộp_tiền số_khung biển_số tem_máy tem_nhãn vỏ_hộp đồng_hồ_điện",
  "biên_nhận unc lệnh_chuyển_tiền mockup banner bằng_chứng chứng_cứ hiện_trạng hiện_trường bản_phối sơ_đồ bản_đồ que_thử vé_số tin_nhắn dashboard proof_of_payment payment_proof",
  "mặt_trước mặt_sau 2_mặt hai_mặt cả_2_mặt cận_cảnh công_tơ mã_vạch số_imei imei serial tem_mác mạc_áo nhãn_chai bhyt thành_phẩm vết_xước outfit moodboard inspo both_sides front_side back_side",
  "screen_recording screen_recordings recording ct_điện bảng_điện_tử dashboard_light label sticker crack stain damage angle",
  "bảng_hiệu giấy_hẹn giấy_tờ phiếu_gửi_xe meme logo mã_lỗi transfer_slip deposit_slip slip tracking_label meter_reading error_message",
  "xray x_ray ultrasound visa my_id ids license licence driving_license driving_licence warranty_card business_card insurance_card student_card serial_number nutrition_label",
);

/** Nouns that are a document and hardly anything else. */
export const FILE = lexicon.words(
  "file files tệp tập_tin tài_liệu pdf pdfs doc docx docs document documents file_word bản_word bản_mềm bản_scan excel xlsx xls csv ppt pptx powerpoint spreadsheet spreadsheets",
  "attachment attachments word_file word_doc slide slides zip rar bản_pdf google_doc ebook 📄 📑",
);

/** Papers that come as a file, but are also talked about without one ("hợp đồng ký mấy năm"). */
export const PAPER = lexicon.words(
  "cv resume hợp_đồng báo_giá bảng_báo_giá hoá_đơn hồ_sơ báo_cáo bảng_lương luận_văn đồ_án bài_tập bài_làm tiểu_luận đề_cương giáo_trình sao_kê danh_sách bản_vẽ",
  "bảng_điểm đề_thi kịch_bản bản_thảo phụ_lục biên_bản catalogue catalog brochure bài_thuyết_trình bài_luận đơn_xin_việc đơn_xin_nghỉ thư_xin_việc bản_thiết_kế bản_kế_hoạch",
  "kế_hoạch thời_khoá_biểu bảng_tính bảng_excel giấy_uỷ_quyền quyết_định công_văn chứng_từ hd tờ_khai bài_văn đơn_đăng_ký công_nợ đơn_xin bảng_chấm_công bảng_kê",
  "contract contracts invoice invoices report reports quotation quote proposal presentation transcript essay thesis assignment homework manuscript agreement portfolio",
  "sơ_yếu_lý_lịch lý_lịch giấy_xác_nhận giấy_giới_thiệu giấy_phép_kinh_doanh gpkd đơn_khiếu_nại đơn_đặt_hàng phiếu_đặt_hàng đơn_hàng_tháng po packing_list bill_of_lading vận_đơn tờ_trình dự_toán",
  "đề_xuất thực_đơn lịch_trình xét_nghiệm kết_quả_xét_nghiệm bằng_tốt_nghiệp bằng_cấp bảng_kê_khai chứng_chỉ thư_mời giấy_mời phiếu_lương báo_cáo_tài_chính hồ_sơ_năng_lực khoá_luận luận_án",
  "bản_cam_kết đơn_xin_nghỉ_phép đơn_nghỉ_phép đơn_ly_hôn di_chúc bảng_điểm_danh nội_quy phương_án bộ_chứng_từ hồ_sơ_thầu mẫu_đơn tờ_đơn bản_tường_trình bản_kiểm_điểm",
  "hs tl bc bb btl inv pkl jd kpi ot đntt đề_nghị_thanh_toán bbbg hdld offer_letter debit_note credit_note bài_test bài_tập_lớn lab thu_chi sổ_quỹ tồn_kho bảng_phân_ca lịch_làm_việc lịch_thi",
  "bản_mới bản_mới_nhất bản_cập_nhật bản_sửa bản_đã_ký bản_có_dấu bản_sạch bản_ký giấy_nghỉ_phép bảng_đối_chiếu đơn_nhập_hàng đơn_ot order_list template preset giấy_đề_nghị",
  "biodata paperwork notes study_guide signed_copy scanned_copy scanned_form estimate bid w9 w_2 1099 rubric answer_key bom coa msds poem story dwg epub mp3 stl psd font",
  "điều_lệ đáp_án bản_dịch bảng_size bảng_giá bảng_cân_đối bản_án hướng_dẫn_sử_dụng profile hồ_sơ_bệnh_án mã_nguồn giáo_án bài_giảng phiếu_bài_tập phiếu_đăng_ký nghị_quyết quyết_toán giấy_phép",
  "chương_trình data code bài_thu_hoạch bài_dịch bài_nhóm bản_vẽ_hoàn_công khối_lượng bản_nháp bản_chỉnh_sửa bản_final bản_cuối bản_gốc thông_báo đơn_xin_nghỉ_việc đơn_xin_chuyển_trường đơn_kiện",
  "rooming_list packing_lists version application applications certificate certificates diploma agenda minutes references booking_confirmation e_ticket manual log_file source_code artwork nda_form",
  "company_profile floor_plan floor_plans blueprint blueprints payslip payslips tax_return price_list nda affidavit recommendation_letter reference_letter lab_results test_results datasheet",
  "job_description curriculum_vitae business_plan purchase_orders balance_sheet meeting_minutes term_sheet rfq sow guest_list insurance_policy police_report medical_records worksheet timesheet",
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
lexicon.words(
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
  "phòng_tài_liệu slide_show dép_slide hợp_đồng_lao_động_thời_vụ",
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
  "giốg=giống giốq=giống giog=giống trog=trong troq=trong trg=trong hđồng=hợp_đồng hsơ=hồ_sơ bgiá=báo_giá tliệu=tài_liệu screenie=screenshot hđơn=hoá_đơn",
  "fle=file fie=file fìle=file fille=file scr=screenshot attch=attached atached=attached lịu=liệu ảh=ảnh bil=bill hìk=hình atachment=attachment biil=bill zá=giá",
  "gưi=gửi gửj=gửi gừi=gửi gữi=gửi guwir=gửi gửii=gửi wửi=gửi zửi=gửi hoa_don=hoá_đơn hđ=hợp_đồng hopdong=hợp_đồng baogia=báo_giá",
);
lexicon.correct(
  "picture pictures screenshot screenshots document documents attachment attachments attached attaching receipt invoice spreadsheet photograph describe translate summarize",
);
