/** The Vietnamese grammar words that the rules of `expectation-vi.ts` build on. Plain spellings come with each word, see `words.ts`. */
import { lexicon } from "./lexicon.ts";

// People

/** The speaker: a younger one, or one among equals. */
export const SELF = lexicon.words(
  "em e mình mik mk mh mìn mềnh minh m tôi toi tui t !tớ cháu bọn_em tụi_em chúng_em bọn_mình tụi_mình chúng_tôi nhà_em bên_em vợ_em chồng_em tụi_e bọn_e bên_e nhà_e me us team_em mẹ_em",
);
/** The one written to, when that is a shop or an equal. */
export const OTHER = lexicon.words(
  "shop shopp sh shp s sốp xốp shốp sop ad add admin bạn b ban page tiệm quán cửa_hàng bên_mình bên_shop bên_bạn bên_ad nhà_mình shop_mình nhân_viên nhóm nhóm_mình cả_nhà các_mẹ phòng_kế_toán nhà_thuốc mng mọi_người mn team bot you u hệ_thống trung_tâm ngân_hàng",
  "khách_sạn công_ty bên_anh bên_chị bên_a bên_c phòng_khám nhà_xe kế_toán kỹ_thuật bác_sĩ bs cskh",
);
/** Either the speaker or the listener, whichever of them is older. */
export const ELDER = lexicon.words("anh !cô chị a c !chú bác !thầy ông !bà sếp ac anh_chị !cậu !dì");
/** Said to someone younger: "em ơi", "nhé em". */
export const YOUNGER = lexicon.words("em e cưng con cháu bé bên_em bên_e");
/** What stands before a younger listener at the end of a clause: "nhé em". */
export const CALLING = lexicon.words("ơi oi nhé nha nghe đi vậy không ko k hả chưa nhá ha thế");
/** What follows someone called to: "em ơi". */
export const CALL = lexicon.words("ơi oi đó");
export const WHO = lexicon.words("ai");
/** Whoever wears the goods in the shop's own pictures. */
export const MODEL = lexicon.words("người_mẫu");

// Sending and asking

/** Handing something over. */
export const SEND = lexicon.words(
  "gửi gởi goi send sent up upload đưa forward fw share !quăng !bắn thả nộp inbox ib nhắn_tin post đăng_kèm gửi_lại gửi_kèm gởi_kèm gửi_thêm gửi_luôn gửi_tạm ném tải_lên trình chuyển_tiếp rep sen show",
);
/** Words between a subject and its verb. */
export const AUXILIARIES = lexicon.words(
  "xin sẽ đang có lại cũng thì vừa mới vẫn mới_vừa vừa_mới tính định muốn phải cần tự được chỉ luôn ck rồi xong chụp đi vào để sửa soạn làm ghi quay in scan edit ký cứ mong phép xin_phép",
);
/** Words between "gửi" and the one who receives. */
export const TOWARDS = lexicon.words("cho qua lại thêm luôn giúp dùm trước tạm vô vào sang !tới về đến");
/** Words before the receiver behind the noun: "gửi ảnh cho shop". */
export const TO_WHOM = lexicon.words("cho qua với sang");
/** Words that show the object of "gửi" is not the noun after them: "gửi hàng kèm hoá đơn". */
export const OTHER_OBJECT = lexicon.words(
  "hàng tiền quà đơn có kèm trong theo như giống để về bằng đồ từ trên là khi đang",
);
/** Verbs that put the sending into someone else's mouth: "shop bảo gửi hình". */
export const TOLD = lexicon.words("bảo kêu bắt yêu_cầu nói nhờ đòi thấy hỏi cảm_ơn cám_ơn thanks");
/** "cho" and "để", which make the next person the one who acts. */
export const GIVE = lexicon.words("cho để");
export const BEG = lexicon.words("xin !mượn");
export const WISH = lexicon.words("muốn thích cần mong !chờ");
export const HAVE = lexicon.words("có sẵn");
/** "còn hình này không": asks for stock. */
export const STILL = lexicon.words("còn có");
/** "cho em hỏi" asks a question, not for a thing. */
export const ASKED_ABOUT = lexicon.words("hỏi biết");
/** Asks the reader to do it, so the thing must be coming. */
export const HELP = lexicon.words("giúp hộ dùm giùm zùm jup");
/** Endings that plead: "gửi ảnh với". */
export const WITH = lexicon.words("với vs đi được đc dc");
/** Words after the noun that make sending a request to the shop. */
export const PLEASE = lexicon.words(
  "với vs đi giúp hộ dùm giùm gấp nhanh lẹ xem coi được đc dc không ko k hông hong sớm tham_khảo nào nhìn",
);
/** Endings that promise: "gửi em ảnh nhé". */
export const SHALL = lexicon.words("nhé nha nè này đây nhe nhá ạ nek nghe");
export const REMEMBER = lexicon.words("nhớ");
/** "gửi nhầm hình" tells of a mistake. */
export const WRONGLY = lexicon.words("sai nhầm thiếu");
/** Complaining that sending fails or goes unanswered: "gửi ảnh hoài không được". */
export const IN_VAIN = lexicon.words("hoài mà mãi miết nhiều_quá");
/** Words before the verb that deny or suppose it: "không gửi được", "nếu gửi". */
export const CANNOT = lexicon.words(
  "không ko k kh hông hong hok hem hk chưa chẳng !đừng khỏi nếu khi lúc phải quên kẻo lỡ sao cấm cách",
);
export const OR = lexicon.words("hay hoặc");
export const HOW = lexicon.words("làm_sao thế_nào kiểu_gì ở_đâu");
export const QUESTION = lexicon.words(
  "đâu sao nào mấy làm_sao khi_nào ở_đâu bao_nhiêu bn thế_nào kiểu_gì bằng_cách bằng_gì ntn như_nào gì mail_nào chỗ_nào cách",
);
/** "được không": asks leave or for a place. */
export const MAY = lexicon.words("được đc dc đâu ở_đâu");
/** Denials and the endings of yes-no questions. */
export const NOT = lexicon.words(
  "không ko k kh hông hong hok hem hum khum khong hk kg hơm chăng hôg hả nào chưa chua đâu",
);

// Time

export const PAST = lexicon.words("đã từng");
export const DONE = lexicon.words("rồi rùi rồii roài r rùii roi");
export const YET = lexicon.words("chưa chua");
/** "shop nhận được chưa" asks about something sent before. */
export const RECEIVED = lexicon.words("nhận nhận_được thấy");
/** Words that put an attachment in the past or later than now. */
export const ANOTHER_TIME = lexicon.words(
  "hôm_qua hôm_trước hôm_kia hồi_nãy hồi_sáng lúc_nãy khi_nãy !nãy !nảy tuần_trước tháng_trước hôm_bữa bữa_trước bữa_kia lúc_trước hôm_nọ hồi_trước hôm_rồi tuần_rồi lần_trước trước_đó hồi_hôm tối_qua",
  "chiều_qua sáng_qua năm_ngoái ngày_mai mai !mốt tối_nay chiều_nay tối_về lát_nữa lúc_khác hôm_sau tuần_sau lát chiều_mai sáng_mai bữa_sau hồi_tuần_trước",
);
/** Words that, before the verb, put the sending off: "tối em gửi". */
export const LATER = lexicon.words(
  "tối chiều sáng trưa mai khuya về rảnh tìm hỏi cuối_tuần đầu_tuần thứ_2 thứ_3 thứ_4 thứ_5 thứ_6 thứ_7 chủ_nhật",
);
export const AFTERWARDS = lexicon.words("sau");

// Pointing

export const THIS = lexicon.words("này nầy nè nek đây nì nà này_nè đây_nè");
/** "này" points wherever it stands; the others of `THIS` may also be end particles. */
export const JUST_THIS = lexicon.words("này nầy");
/** Shows the thing at the end of a clause: "bill đây ạ". */
export const HERE_AT_END = lexicon.words("nè đây nek nà này_nè sau_đây đây_nè nì ne");
/** Before "đây" these make it a place: "qua đây". */
export const HERE_PLACE = lexicon.words("ở qua tại vào về chỗ đến tới gần lên trong ra như mua");
export const BELOW = lexicon.words(
  "dưới bên_dưới ở_dưới phía_dưới dưới_đây sau_đây kèm đính_kèm kèm_theo gửi_kèm gởi_kèm đi_kèm em_gửi_kèm kế_bên kẹp 👇 ⬇ ở_trên bên_trên phía_trên trên_đây trên_này",
);
export const ABOVE = lexicon.words("trên");
/** What may follow "ảnh trên" (the photo above); any other word makes it "the photo on the …". */
export const AFTER_ABOVE = lexicon.words(
  "có là thì bị giúp này nè đây ạ a ad nha nhé với còn giá bao_nhiêu được đc dc ko không k đúng phải hộ dùm cho của đó ấy thuộc chụp nói viết vậy thế hả ghi em e mình xem nghĩa gồm về sai",
);
/** "file dưới dạng pdf", "dưới 5 MB": not a place. */
export const AS_FORM = lexicon.words("dạng mb kb gb nước");
/** Enclosures that belong to goods when goods follow: "phiếu bảo hành kèm theo máy". */
export const ENCLOSED = lexicon.words("kèm kèm_theo đi_kèm");
export const ALONG = lexicon.words("kèm kèm_theo");
export const ATTACHING = lexicon.words("đính_kèm gửi_kèm gởi_kèm 📎");
export const IN = lexicon.words("trong trên ở giữa");
export const LIKE = lexicon.words(
  "như giống theo y_như y_chang giống_như giống_y như_trong giống_trong theo_trong y_hệt y tương_tự",
);
export const BY = lexicon.words("theo");
export const IS = lexicon.words("là la");
export const BE = lexicon.words("là");
export const WHAT = lexicon.words("gì giề gì_đây gì_vậy");
/** What is asked about inside a file: "nội dung file". */
export const CONTENTS = lexicon.words("nội_dung chữ thông_tin số_liệu");
export const TOPIC = lexicon.words("thì");
/** "trong ảnh đẹp mà …": complains about the shop's picture. */
export const YET_UGLY = lexicon.words("mà");
/** How a published picture looks: "trong hình thì thấy đẹp". */
export const SEEMS = lexicon.words("thấy nhìn đẹp");
/** "không giống hình": the goods are not as advertised. */
export const UNLIKE = lexicon.words("không ko k kh hông khác khác_xa chẳng đâu hàng xa");
/** "khác xa trong ảnh": the goods are not as advertised. */
export const FAR = lexicon.words("xa khác");
/** Adjectives of "có đẹp như hình không": asks whether goods look as advertised. */
export const TRUE_TO = lexicon.words("có đẹp đúng y thật giống chuẩn về ngoài nhận y_như xịn");
/** How a delivery turned out or must turn out: "giao đúng như hình nha" speaks of the shop's picture. */
export const DELIVERED = lexicon.words("giao ngoài thật phải miễn");
/** What "có … nào như hình không" is looking for: then the picture is the customer's. */
export const SEARCHED = lexicon.words("nào cái mẫu loại con bán đôi bộ còn tìm làm may");
/** "có nhận vẽ theo ảnh không": what the shop takes on. */
export const TAKES_ON = lexicon.words("nhận");
/** "theo tài liệu hướng dẫn" is any manual; only "tài liệu này" is at hand. */
export const MATERIAL = lexicon.words("tài_liệu");

// Looking and working

/** Looking at something the reader must have in front of them. */
export const VIEW = lexicon.words(
  "xem coi check đọc dịch phân_tích mô_tả kiểm_tra kt tóm_tắt nhận_xét đánh_giá so_sánh ngó zoom soát rà_soát duyệt nhận_diện nhận_dạng chấm giải_thích liếc đoán review diễn_giải test xem_qua ktra",
);
export const LOOKING = lexicon.words("nhìn");
/** What someone who has already seen the shop's picture goes on to say. */
export const IMPRESSED = lexicon.words("thấy mà xong mê ưng thích trước");
/** Handling pictures and files as a trade, or as something already on one's own machine. */
export const HANDLE = lexicon.words(
  "chụp in rửa tải download nhận mở up đăng xoá mất lưu cài ký làm viết thiết_kế chỉnh sửa chỉnh_sửa ghép cắt tìm mua bán thuê lấy xin đặt đổi học dạy nén phục_hồi khôi_phục tô vẽ thêu khắc phóng photocopy quay dán treo nhìn thấy ưng thích tạo ra",
  "xuất nhận_được tải_về giữ copy sao_lưu backup dùng sử_dụng cần khỏi thiếu không chưa đòi yêu_cầu mang đem cầm nhờ công_chứng ưa dựng",
);
export const MAKE = lexicon.words("chụp chup scan quay cap");
export const PHOTOGRAPH = lexicon.words("chụp");
/** Work that has a price and still needs the file: "in file này bao nhiêu". */
export const WORKED_ON = lexicon.words("in dịch photo làm sửa photocopy đóng");
/** What a paper is examined for: "hợp đồng này có ổn không". */
export const SOUND = lexicon.words("ổn đúng sai thiếu lỗi hợp_lệ chuẩn bất_lợi rủi_ro ok trùng khớp thuê");
/** Getting hold of a document one does not have yet: "tìm tài liệu này". */
export const OBTAIN = lexicon.words("mua bán tải tìm lấy nhận học kiếm download đặt có còn");
/** Right after "file này": asks where it is to be had. */
export const SELL = lexicon.words("mua bán giá tải xuất_bản");
export const PRICE = lexicon.words("giá bao_nhiêu nhiêu bn bnh phí");
/** "file này bao nhiêu trang" asks about the file, not its price. */
export const PAGES = lexicon.words("trang tờ sheet mục chương dòng");
export const READ_OR_SIGN = lexicon.words("ký duyệt xem đọc học in");
export const OPEN = lexicon.words("!mở");
/** "không thấy hình này", "xoá ảnh này": about a picture that is already somewhere. */
export const AWAY = lexicon.words("xoá gỡ bỏ đừng đâu không_phải không_thấy ko_thấy k_thấy không_có");

// Kinds of words that few rules ask for and the scorer weighs

/** Shows what something looks like: "bị vầy nè". */
export const SUCH = lexicon.words(
  "!vầy như_vầy như_vậy_nè như_vậy_đó thế_này thế_kia như_thế_này như_thế_kia như_này như_ri vậy_nè vậy_nek thế_nè vầy_nè vầy_nek z_nè z_nek zậy_nè v_nè v_nek",
  "giống_vầy giống_z giống_này giống_thế_này giống_như_vầy giống_như_này",
);
/** Those that need no fault beside them. "thế này" does ("mưa to thế này"), and "nhu vay" without marks may be "như vậy" (so). */
export const SHOWN_AS = lexicon.words(
  "!vầy !như_vầy như_vậy_nè như_thế_này như_này như_ri vậy_nè vậy_nek thế_nè vầy_nè vầy_nek z_nè z_nek zậy_nè v_nè v_nek",
  "giống_vầy giống_z giống_này giống_thế_này giống_như_vầy giống_như_này",
);
/** Before a fault: "bị quẹt", "nó báo". */
export const SUFFERS = lexicon.words("bị dính nổi báo hiện");
/** A place on a thing: "bị nứt ở góc này". */
export const SPOT = lexicon.words("chỗ góc khúc đoạn vị_trí phía_sau đằng_sau");
/** "nhìn đi shop": what is bidden. */
export const GO_ON = lexicon.words("đi");
/** What goods are chosen by: "giống mẫu này". */
export const STYLE = lexicon.words("mẫu kiểu màu dáng");
/** Work that follows a model: "cắt kiểu này", "may được mẫu này". */
export const MODELLED = lexicon.words("cắt uốn nhuộm !may vẽ đóng xăm cắm thêu được");
/** What is asked about by showing it: "con này là con gì", "lỗi này là sao". */
export const VISIBLE = lexicon.words(
  "!con !cây hoa sâu !đèn nút chữ dòng vết đốm nốt lỗi mã ốc viên biển ký_hiệu biểu_tượng quả trái !lá !cá chim rắn bọ nấm cục hạt mụn",
);
/** Opens the question after it: "tên gì", "bị sao". */
export const NAMED = lexicon.words("là tên bị đọc sáng nghĩa");
export const JUST_NOW = lexicon.words("vừa mới vừa_mới mới_vừa");
export const SNAP = lexicon.words("chụp cap scan");
export const AGAIN = lexicon.words("lại");
/** Drawn into a picture: "chỗ em khoanh đỏ", "the one circled in red". */
export const CIRCLED = lexicon.words("khoanh_đỏ khoanh_lại khoanh_tròn circled");
/** Only pictures (and a few flat goods) are counted so. */
export const PICTURE_COUNTERS_ONLY = lexicon.words("!tấm !bức tấm_bức !tờ !bản");
/** Programs named for the files they make: "hợp đồng bằng word". */
export const FORMAT = lexicon.words("word cad autocad corel psd ai vector canva zip form mp3 txt");
/** Things one types into a chat rather than attaches: "địa chỉ đây ạ". */
export const TYPED = lexicon.words(
  "địa_chỉ đc sđt sdt số_điện_thoại stk số_tài_khoản số_tk tài_khoản tên họ_tên mail email link mã_đơn mã_giảm_giá mã_vận_đơn vị_trí toạ_độ lời lời_hỏi_thăm số zalo facebook thông_tin tin",
);
/** "tiền em đây", "size em đây": nothing to look at. */
export const MONEY = lexicon.words("tiền cọc hàng đồ quà size đơn tuổi");
/** What is sent by hand, by a bank or by a driver. */
export const SHIPPED = lexicon.words(
  "tiền tiền_cọc cọc tiền_ship hàng đồ quà xe hoa bánh áo quần giày máy hàng_hoàn shipper đơn_hàng tiền_thừa bé con mẫu_thử",
);
/** What pictures are sent to show. */
export const DAMAGE = lexicon.words(
  "lỗi hỏng hư bể vỡ nứt móp trầy xước rách bẩn ố mốc dị_ứng nổi_mẩn sưng bầm gãy bung bong rò_rỉ rỉ thấm cháy méo lem phai ngứa đỏ thiếu nhoè mờ",
);

// Where pictures are published, and what they are of

/** Words that right after the noun make it a published picture: "hình quảng cáo". */
export const PUBLISHED = lexicon.words(
  "web website fb face facebook page fanpage shopee lazada tiktok trang đăng bài_đăng bài_viết quảng_cáo qc live livestream google gg mạng insta ig stt story bìa pinterest",
);
export const PUBLISH = lexicon.words("đăng gửi up chụp post gởi để quảng_cáo cho ghi nói viết");
/** Where pictures hang, after "trên", "trong" or "của". */
export const PLACES = lexicon.words(
  "web website fb face facebook page fanpage shopee lazada tiktok tiktokshop tóp_tóp mạng insta ig instagram zalo app trang trang_chủ bài bài_đăng bài_viết post quảng_cáo qc live livestream google gg internet tường shop quán tiệm stt story menu pinterest youtube",
  "bao_bì hộp vỏ_hộp catalog catalogue group nhóm máy điện_thoại đt áo ly cốc bánh drive thư_viện kệ bìa album web_shop bên_shop bên_mình",
);
/** "hình dưới bài đăng": a place on a page. */
export const UNDER = lexicon.words("bình_luận cmt comment bài_đăng bài_viết bài stt");
export const ONTO = lexicon.words("lên vô vào");
export const OF = lexicon.words("của bên");
/** Goods and services that a following noun only describes: "khung hình này", "máy in ảnh này". */
export const GOODS = lexicon.words(
  "áo khung máy tiệm !gói quyển !túi bìa kẹp !tủ mẫu sticker app studio dịch_vụ loại kiểu phần_mềm ốp !gối !váy camera phim máy_in !sổ !thẻ đựng hộp",
);
/** Kinds of pictures that are a service or a setting, unless pointed at or sent. */
export const TRADE = lexicon.words(
  "cưới !thẻ đại_diện bìa nền viện sản_phẩm quảng_cáo bài_đăng feedback fb avatar mạng minh_hoạ kỷ_yếu nghệ_thuật gia_đình concept in lụa decal 3d 3x4 4x6",
);
/** Kinds of pictures one asks the shop for: "hình thật". */
export const REAL = lexicon.words("minh_hoạ thật thực_tế thiệt cận chi_tiết khác thêm mẫu");

// Nouns and particles

/** Words that may stand between a verb or preposition and its noun: "cái hình", "xem kỹ giúp mấy tấm ảnh". */
export const COUNTERS = lexicon.words(
  "cái tấm bức chiếc con mấy những các vài 1 2 3 4 5 một hai ba bốn cặp bộ tờ bản cuốn tập đoạn dòng bô cục bé thêm lại kỹ thử qua sơ rõ giúp dùm giùm hộ từng cả",
);
/** "anh" after one of these is "ảnh". */
export const PICTURE_COUNTERS = lexicon.words("tấm bức tấm_bức cái bô");
export const PIECE = lexicon.words("!bức");
export const SHEET = lexicon.words("!tấm");
/** What plain "anh" follows when it is "ảnh". */
export const BEFORE_PHOTO = lexicon.words(
  "tấm bức trong như_trong giống_trong theo_trong y_như xem coi check mô_tả phân_tích dịch chụp so_sánh kiểm_tra hình sửa cái nhận_xét zoom trên giống như nhìn đọc",
);
/** Words that, after plain "anh", make it "ảnh of something". */
export const PICTURED_THINGS = lexicon.words(
  "chuyển_khoản ck sản_phẩm sp mẫu lỗi bill hàng đơn_hàng thẻ cccd cmnd hoá_đơn biên_lai giao_dịch gốc mờ nét chụp bị đính_kèm bên_dưới dưới dưới_đây kèm phòng toàn_thân công_trình mặt_trước mặt_sau mat da món cái vết lúc khách thật chup",
);
/** Verbs after "anh" that make it a person: "xem anh nói". */
export const DOING = lexicon.words("nói bảo ấy ơi oi cho có_thể muốn thấy nghĩ biết gửi goi đi tư_vấn nào em e");
/** Words that add tone and no meaning. */
export const PARTICLES = lexicon.words(
  "ạ a à ah nha nhá nhé nhe nè ne đây với vs đi ơi oi luôn á ha hen nghen nghe thôi đó ấy này cho thì là dạ da vâng ok oke hihi haha hi kk của ớ ới nek nhen nhoa nhaa hén nhỉ ui rồi",
);

// Unfinished sentences

/** A text that ends with one of these goes on. */
export const UNFINISHED_VI = lexicon.words(
  "và của là với nhưng thì hoặc mà vì nên hay để do bởi_vì tại_vì cùng bằng nếu còn tại rằng vs",
);
/** With one of these before it, a final "với" or "mà" ends the sentence: "giúp em với". */
export const FINISHING_WITH = lexicon.words(
  "giúp hộ dùm giùm cho xin cứu chỉ tư_vấn check xem coi gửi rep trả_lời ib nhắn đọc dịch ơi hỏi mua lấy",
);
