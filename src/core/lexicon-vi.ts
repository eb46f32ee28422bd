/** The Vietnamese grammar words that `expectation-vi.ts` builds on. Plain spellings come with each word, see `words.ts`. */
import { lexicon } from "./lexicon.ts";

/** Counters that may stand between a verb or preposition and its noun: "cái hình", "mấy tấm ảnh". */
export const COUNTERS = lexicon.words(
  "cái tấm bức chiếc con mấy những các vài 1 2 3 4 5 một hai ba bốn cặp bộ tờ bản cuốn tập đoạn dòng bô cục bé thêm lại kỹ thử qua sơ rõ giúp dùm giùm hộ từng cả",
);
/** "ảnh" after one of these is a picture even when typed as plain "anh". */
export const PICTURE_COUNTERS = lexicon.words("tấm bức tấm_bức cái bô");

/** A younger speaker, or one among equals. */
export const SELF = lexicon.words(
  "em e mình mik mk mh mìn mềnh minh m tôi toi tui t !tớ cháu bọn_em tụi_em chúng_em bọn_mình tụi_mình chúng_tôi nhà_em bên_em vợ_em chồng_em tụi_e bọn_e bên_e nhà_e me us team_em mẹ_em",
);
/** The one written to, when that is a shop or an equal. */
export const OTHER = lexicon.words(
  "shop shopp sh shp s sốp xốp shốp sop ad add admin bạn b ban page tiệm quán cửa_hàng bên_mình bên_shop bên_bạn bên_ad nhà_mình shop_mình nhân_viên nhóm nhóm_mình cả_nhà các_mẹ phòng_kế_toán nhà_thuốc mng mọi_người mn team bot you u hệ_thống trung_tâm ngân_hàng",
  "khách_sạn công_ty bên_anh bên_chị bên_a bên_c phòng_khám nhà_xe kế_toán kỹ_thuật bác_sĩ bs cskh",
);
/** People who are either the speaker or the listener, depending on who is older. */
export const ELDER = lexicon.words("anh !cô chị a c !chú bác !thầy ông !bà sếp ac anh_chị !cậu !dì");

/** Handing something over. */
export const SEND = lexicon.words(
  "gửi gởi goi send sent up upload đưa forward fw share !quăng !bắn thả nộp inbox ib nhắn_tin post đăng_kèm gửi_lại gửi_kèm gởi_kèm gửi_thêm gửi_luôn gửi_tạm ném tải_lên trình chuyển_tiếp rep sen show",
);
/** Words between a subject and its verb. */
export const AUXILIARIES = lexicon.words(
  "xin sẽ đang có lại cũng thì vừa mới vẫn mới_vừa vừa_mới tính định muốn phải cần tự được chỉ luôn ck rồi xong chụp đi vào để sửa soạn làm ghi quay in scan edit ký cứ mong phép xin_phép",
);
/** Looking at something the reader must have in front of them. */
export const VIEW = lexicon.words(
  "xem coi check đọc dịch phân_tích mô_tả kiểm_tra kt tóm_tắt nhận_xét đánh_giá so_sánh ngó zoom soát rà_soát duyệt nhận_diện nhận_dạng chấm giải_thích liếc đoán review diễn_giải test xem_qua ktra",
);
/** Handling pictures and files as a trade, or as something already on one's own machine. */
export const HANDLE = lexicon.words(
  "chụp in rửa tải download nhận mở up đăng xoá mất lưu cài ký làm viết thiết_kế chỉnh sửa chỉnh_sửa ghép cắt tìm mua bán thuê lấy xin đặt đổi học dạy nén phục_hồi khôi_phục tô vẽ thêu khắc phóng photocopy quay dán treo nhìn thấy ưng thích tạo ra",
  "xuất nhận_được tải_về giữ copy sao_lưu backup dùng sử_dụng cần khỏi thiếu không chưa đòi yêu_cầu mang đem cầm nhờ công_chứng ưa dựng",
);
/** Handling verbs that a customer may ask for right now, so that "this" after the noun makes it an attachment. */
export const ASK = lexicon.words("cho xin muốn thích cần để đợi được");
export const THIS = lexicon.words("này nầy nè nek đây nì nà này_nè đây_nè");
/** "này" alone: points wherever it stands. The others may also be end particles. */
export const HERE_AT_END = lexicon.words("nè đây nek nà sau_đây đây_nè nì ne");
export const BELOW = lexicon.words(
  "dưới bên_dưới ở_dưới phía_dưới dưới_đây sau_đây kèm đính_kèm kèm_theo gửi_kèm gởi_kèm đi_kèm em_gửi_kèm kế_bên kẹp ở_trên bên_trên phía_trên trên_đây trên_này",
);
export const ABOVE = lexicon.words("trên");
/** What may follow "ảnh trên" (the photo above); any other word makes it "the photo on the …". */
export const AFTER_ABOVE = lexicon.words(
  "có là thì bị giúp này nè đây ạ a ad nha nhé với còn giá bao_nhiêu được đc dc ko không k đúng phải hộ dùm cho của đó ấy thuộc chụp nói viết vậy thế hả ghi em e mình xem nghĩa gồm về sai",
);
export const IN = lexicon.words("trong trên ở giữa");
export const LIKE = lexicon.words("như giống theo y_như y_chang giống_như giống_y như_trong giống_trong theo_trong y_hệt y tương_tự");
/** Adjectives of "có đẹp như hình không": asking whether goods look as advertised. */
export const TRUE_TO = lexicon.words("có đẹp đúng y thật giống chuẩn về ngoài nhận y_như xịn");
export const WHAT = lexicon.words("gì giề gì_đây gì_vậy");
export const NOT = lexicon.words("không ko k kh hông hong hok hem hum khum khong hk kg hơm chăng hôg hả nào chưa chua đâu");
export const YET = lexicon.words("chưa chua");
export const DONE = lexicon.words("rồi rùi rồii roài r rùii roi");
export const CANNOT = lexicon.words("không ko k kh hông hong hok hem hk chưa chẳng !đừng khỏi nếu khi lúc phải quên kẻo lỡ sao cấm cách");
/** Words that put an attachment in the past or later than now. */
export const ANOTHER_TIME = lexicon.words(
  "hôm_qua hôm_trước hôm_kia hồi_nãy hồi_sáng lúc_nãy khi_nãy !nãy !nảy tuần_trước tháng_trước hôm_bữa bữa_trước bữa_kia lúc_trước hôm_nọ hồi_trước hôm_rồi tuần_rồi lần_trước trước_đó hồi_hôm tối_qua",
  "chiều_qua sáng_qua năm_ngoái ngày_mai mai !mốt tối_nay chiều_nay tối_về lát_nữa lúc_khác hôm_sau tuần_sau lát chiều_mai sáng_mai bữa_sau hồi_tuần_trước",
);
/** Where the shop's own pictures hang. */
/** Words that right after the noun make it a published picture: "hình quảng cáo". */
export const PUBLISHED = lexicon.words("web website fb face facebook page fanpage shopee lazada tiktok trang bài_đăng bài_viết quảng_cáo qc live livestream google gg mạng insta ig stt story bìa pinterest");
export const UNLIKE = lexicon.words("không ko k kh hông khác khác_xa chẳng đâu hàng xa");
export const HOW = lexicon.words("làm_sao thế_nào kiểu_gì ở_đâu");
export const PLACES = lexicon.words(
  "web website fb face facebook page fanpage shopee lazada tiktok tiktokshop tóp_tóp mạng insta ig instagram zalo app trang trang_chủ bài bài_đăng bài_viết post quảng_cáo qc live livestream google gg internet tường shop quán tiệm stt story menu pinterest youtube",
  "bao_bì hộp vỏ_hộp catalog catalogue group nhóm máy điện_thoại đt áo ly cốc bánh drive thư_viện kệ bìa web_shop bên_shop bên_mình",
);
/** Kinds of pictures and files that are a service or a setting, unless pointed at or sent. */
export const TRADE = lexicon.words(
  "cưới !thẻ đại_diện bìa nền viện sản_phẩm quảng_cáo bài_đăng feedback fb avatar mạng minh_hoạ kỷ_yếu nghệ_thuật gia_đình concept in lụa decal 3d 3x4 4x6",
);
export const MAKE = lexicon.words("chụp chup scan quay cap");
/** Words that add tone and no meaning. */
export const PARTICLES = lexicon.words(
  "ạ a à ah nha nhá nhé nhe nè ne đây với vs đi ơi oi luôn á ha hen nghen nghe thôi đó ấy này cho thì là dạ da vâng ok oke hihi haha hi kk của ớ ới nek nhen nhoa nhaa hén nhỉ ui rồi",
);
export const PLEASE = lexicon.words("với vs đi giúp hộ dùm giùm gấp nhanh lẹ xem coi được đc dc không ko k hông hong sớm tham_khảo nào nhìn");
export const QUESTION = lexicon.words("đâu sao nào mấy làm_sao khi_nào ở_đâu bao_nhiêu bn thế_nào kiểu_gì bằng_cách bằng_gì ntn như_nào gì mail_nào chỗ_nào cách");
export const SHALL = lexicon.words("nhé nha nè này đây nhe nhá ạ nek nghe");
export const CONTENTS = lexicon.words("nội_dung chữ thông_tin số_liệu");
export const SAMPLE = lexicon.words("mẫu");
/** Words that, after plain "anh", make it "ảnh of something". */
export const PICTURED_THINGS = lexicon.words(
  "chuyển_khoản ck sản_phẩm sp mẫu lỗi bill hàng đơn_hàng thẻ cccd cmnd hoá_đơn biên_lai giao_dịch gốc mờ nét chụp bị đính_kèm bên_dưới dưới dưới_đây kèm phòng toàn_thân công_trình mặt_trước mặt_sau mat da món cái vết lúc khách thật chup",
);
export const BE = lexicon.words("là");
/** Said to someone younger: "em ơi", "nhé em". */
export const YOUNGER = lexicon.words("em e cưng con cháu bé bên_em bên_e");
/** Words a younger listener stands after or before, when called to. */
export const CALLING = lexicon.words("ơi oi nhé nha nghe đi vậy không ko k hả chưa nhá ha thế");
/** Times of day that, before the verb, put the sending off. */
export const LATER = lexicon.words("tối chiều sáng trưa mai khuya về rảnh tìm hỏi");
export const UNFINISHED_VI = lexicon.words("và của là với nhưng thì hoặc mà vì nên hay để do bởi_vì tại_vì cùng bằng nếu còn tại rằng vs");
export const FINISHING_WITH = lexicon.words("giúp hộ dùm giùm cho xin cứu chỉ tư_vấn check xem coi gửi rep trả_lời ib nhắn đọc dịch ơi hỏi mua lấy");
/** Verbs that put the sending into someone else's mouth: "shop bảo gửi hình". */
export const TOLD = lexicon.words("bảo kêu bắt yêu_cầu nói nhờ đòi thấy hỏi cảm_ơn cám_ơn thanks");
/** Words that show the object of "gửi" is not the noun after them: "gửi hàng kèm hoá đơn". */
export const OTHER_OBJECT = lexicon.words("hàng tiền quà đơn có kèm trong theo như giống để về bằng đồ từ trên là khi đang");

export const PAST = lexicon.words("đã từng");
export const WITH = lexicon.words("với vs đi được đc dc");
export const RECEIVED = lexicon.words("nhận nhận_được thấy");
export const GIVE = lexicon.words("cho để");
export const BEG = lexicon.words("xin mượn");
export const WISH = lexicon.words("muốn thích cần mong !chờ");
export const HAVE = lexicon.words("có sẵn");
export const HELP = lexicon.words("giúp hộ dùm giùm zùm jup");
export const REAL = lexicon.words("thật thực_tế thiệt cận chi_tiết khác thêm mẫu");
export const MAY = lexicon.words("được đc dc đâu ở_đâu");
export const IS = lexicon.words("là la");
export const CALL = lexicon.words("ơi oi đó");
export const ASKED_ABOUT = lexicon.words("hỏi biết");
export const HERE_PLACE = lexicon.words("ở qua tại vào về chỗ đến tới gần lên trong ra như mua");
export const ATTACHING = lexicon.words("đính_kèm gửi_kèm gởi_kèm");
/** What plain "anh" follows when it is "ảnh". */
export const BEFORE_PHOTO = lexicon.words("tấm bức trong như_trong giống_trong theo_trong y_như xem coi check mô_tả phân_tích dịch chụp so_sánh kiểm_tra hình sửa cái nhận_xét zoom trên giống như nhìn đọc");

export const TOWARDS = lexicon.words("cho qua lại thêm luôn giúp dùm trước tạm vô vào sang !tới về đến");
export const JUST_THIS = lexicon.words("này nầy");
export const AS_FORM = lexicon.words("dạng mb kb gb nước");
export const OF = lexicon.words("của bên");
export const PUBLISH = lexicon.words("đăng gửi up chụp post gởi để quảng_cáo cho");
/** Verbs after "anh" that make it a person: "xem anh nói". */
export const DOING = lexicon.words("nói bảo ấy ơi oi cho có_thể muốn thấy nghĩ biết gửi goi đi tư_vấn nào em e");
export const TO_WHOM = lexicon.words("cho qua với sang");
export const ALONG = lexicon.words("kèm kèm_theo");
export const PIECE = lexicon.words("!bức");
export const SHEET = lexicon.words("!tấm");
/** "có nhận vẽ theo ảnh không": what the shop takes on. */
export const TAKES_ON = lexicon.words("nhận");
export const BY = lexicon.words("theo");
/** What "có … nào như hình không" is looking for: then the picture is the customer's. */
export const SEARCHED = lexicon.words("nào cái mẫu loại con bán đôi bộ còn tìm làm may");
export const SOUND = lexicon.words("ổn đúng sai thiếu lỗi hợp_lệ được chuẩn rủi_ro ok trùng khớp thuê");
/** How a delivery turned out or must turn out: "giao đúng như hình nha" speaks of the shop's picture. */
export const DELIVERED = lexicon.words("giao ngoài thật phải miễn");
/** What someone who has already seen the shop's picture goes on to say. */
export const IMPRESSED = lexicon.words("thấy mà xong mê ưng thích trước");
/** Enclosures that belong to goods when goods follow: "phiếu bảo hành kèm theo máy". */
export const ENCLOSED = lexicon.words("kèm kèm_theo đi_kèm");
export const MATERIAL = lexicon.words("tài_liệu");
export const YET_UGLY = lexicon.words("mà");
export const OR = lexicon.words("hay hoặc");
export const AFTERWARDS = lexicon.words("sau");
export const PRICE = lexicon.words("giá bao_nhiêu nhiêu bn bnh phí");
export const REMEMBER = lexicon.words("nhớ");
export const SELL = lexicon.words("mua bán giá");
export const LOOKING = lexicon.words("nhìn");
export const ONTO = lexicon.words("lên vô vào");
export const FAR = lexicon.words("xa khác");
export const PHOTOGRAPH = lexicon.words("chụp");
