/** The English grammar words that `expectation-en.ts` builds on. */
import { lexicon } from "./lexicon.ts";

/** The speaker, and openings that make the speaker act: "let me", "gonna". */
export const I = lexicon.words("i i'll i'm im ill i've ive i'd we we'll we're let lemme gonna imma");
/** Handing something over, now or soon. */
export const SENDING = lexicon.words(
  "resend resending recording add adding pasting turning_in handing_in send sending attach attaching share sharing upload uploading forward forwarding show showing drop dropping submit submitting enclose enclosing email emailing text texting dm",
);
/** Sending that is said to be over. */
export const SENT = lexicon.words("sent shared uploaded forwarded showed posted submitted emailed mailed gave texted");
/** Unlike "sent", still points at something in this very message. */
export const ATTACHED = lexicon.words("attached attachd enclosed added just_uploaded");
/** Making a picture: "let me take a photo". */
export const TAKE = lexicon.words("take taking snap grab get make");
export const TAKEN = lexicon.words("took snapped taken captured made wrote");
export const THIS_EN = lexicon.words("this these dis");
export const DETERMINERS = lexicon.words(
  "the a an my this these that those his her our some few couple two three 2 3 another one more your their its any both second first dis thsi all",
);
/** Determiners that say the thing is known, so at hand. */
export const DEFINITE = lexicon.words("the my this these those both dis our attached following");
/** What these own is the shop's. */
export const YOUR = lexicon.words("your their its ur shop's");
/** Prepositions that end a noun phrase to the left. */
export const IN_EN = lexicon.words("in on from of like per with at as within inside about to match");
/** Looking at or working on something the reader must have in front of them. */
export const VIEW_EN = lexicon.words(
  "chk refer redline paraphrase critique quiz look check see read review describe analyze analyse summarize summarise translate proofread open view explain identify edit fix convert compare rate transcribe extract examine inspect verify evaluate critique caption interpret crop enhance resize restore colorize improve parse correct sign analyzing checkout caption judge guess",
);
/** Presents what follows: "here's my receipt". */
export const HERE = lexicon.words(
  "here here's heres here_is here_are here_r heres_my this_is these_are there's behold",
);
/** After the noun: "the photo below". */
export const AFTER_POINT = lexicon.words("👇 ⬇ below above attached attachd here enclosed");
export const ME = lexicon.words("me us");
/** Before "I": asks leave, announces nothing. */
export const AUX_YOU = lexicon.words("can could would will may pls please plz");
export const YOU = lexicon.words("you u ya someone anyone he she they");
/** Before a verb of looking: the speaker wishes to look, or asks how. */
export const WANT = lexicon.words(
  "want need have has got see any get had like where many there find how should must do if when cannot can't cant couldn't unable won't wont not never why which what wanna",
);
/** Before a verb of sending: denied, supposed, asked about or over. */
export const CANNOT_EN = lexicon.words(
  "can't cant cannot couldn't unable won't wont not never how where should if when why didn't don't dont already which whether must allowed yesterday earlier ago tomorrow later tonight monday tried trying fails failed forgot keep keeps asked told love hate if",
);
export const ANOTHER_TIME_EN = lexicon.words(
  "yesterday earlier ago tomorrow later tonight already before last next once soon monday tuesday friday week",
);
/** "the photo you posted" is the shop's. */
export const POSTED = lexicon.words("posted sent shared uploaded have use used");
/** Where the shop's pictures hang. */
export const ONLINE = lexicon.words(
  "website site page instagram facebook ig fb listing ad menu online post profile wall tiktok catalog app",
);
/** A text that ends with one of these goes on. */
export const UNFINISHED_EN = lexicon.words(
  "and but or of the a an with because cuz coz if my your than i'm although that's which",
);
/** Courtesy before what matters. */
export const FILLER_EN = lexicon.words("ok okay hi hey hello so just and sure thanks yes yeah oh sorry btw pfa also");
export const TO = lexicon.words("to");
/** "please find attached", "see attached". */
export const FINDING = lexicon.words("see find check as kindly please pls view here per");
export const HAVE_EN = lexicon.words("have ve just also already am");
export const BE_EN = lexicon.words("is are was were");
export const ATTACHING_EN = lexicon.words("attaching");
export const DO_EN = lexicon.words("do should shall did does");
export const WILL = lexicon.words("i'll ill let lemme gonna we'll will imma");
export const WHERE = lexicon.words("where");
/** After the noun: "photo attached", "pics incoming". */
export const COMING = lexicon.words(
  "to_follow in_a_sec in_a_moment coming_up incoming coming 📎 attached attachd enclosed below",
);
export const FOLLOWING = lexicon.words("following below");
export const THAT = lexicon.words("that which");
/** "did you get the photo I sent" is about an earlier one. */
export const GOT = lexicon.words("got get receive received did have");
/** "the one in the picture". */
export const IN_PICTURE = lexicon.words("in on from like within inside per as");
export const LIKE_EN = lexicon.words("like");
/** "does it look like the picture" is about the shop's. */
export const LOOKS = lexicon.words("look looks looked looking exactly just");
/** Words between a verb of looking and its noun: "look at", "take a quick look at". */
export const AFTER_VIEW = lexicon.words("at out over through up into look me for a us help quick");
export const OF_EN = lexicon.words("of for from");
/** "more pictures" asks for them. */
export const MORE = lexicon.words("more another any some");
/** Determiners that another determiner may stand before: "these two". */
export const COUNT = lexicon.words("two three 2 3 few couple both all some");
/** "will send a pic" without a subject is the speaker's. */
export const WILL_SEND = lexicon.words("will gonna");
/** Opens a yes-no question. */
export const ASK_IF = lexicon.words("is does are do will would was");
export const IT = lexicon.words("it they that this color colour");
/** What follows "attached" when it opens a clause: "attached is my CV". */
export const AFTER_ATTACHED = lexicon.words(
  "is are please pls herewith the my below here you'll you for as find a our above",
);
export const FOUND = lexicon.words("find see");
/** "took a photo, sending it". */
export const HANDING = lexicon.words("sending here attached attaching uploading");
export const PLACE_HERE = lexicon.words("here");
/** "invoice address": the paper is only named. */
export const PART_OF = lexicon.words(
  "address number numbers date amount name template templates writing fee price length no #",
);
/** "like in pic" needs no article after these. */
export const IN_BARE = lexicon.words("in like as");
/** "not like the photos": the goods differ from the shop's picture. */
export const NEVER = lexicon.words("not nothing isn't wasn't doesn't didn't never don't none different unlike");
/** With one of these before it, "… attached" speaks of goods or feelings. */
export const NOT_THING = lexicon.words("with come comes is are was i'm am get got very so not no be still it");
/** "have a look": this "have" wants nothing. */
export const INDEFINITE = lexicon.words("a");
export const IF = lexicon.words("if");
/** "I want you to read the file", "can you read the file". */
export const READER = lexicon.words("you u");
/** "is the color the same as in the picture": asks whether goods look as shown. */
export const ALIKE = lexicon.words("same look looks like");
/** What pictures are sent to show. */
export const DAMAGE_EN = lexicon.words(
  "broken broke damaged damage cracked crack scratched scratch dent dents leak leaking torn stain stained wrong error rash swollen defective dirty burnt missing bent mold",
);
/** Things one types rather than attaches, or sends by other means. */
export const TYPED_EN = lexicon.words(
  "address phone number email link name tracking code measurements location details account payment money deposit package parcel driver brother thing size idea answer deal plan question story reason order flat room_number",
);
/** Opens a showing without naming the attachment: "here's the stain". */
export const PRESENTING = lexicon.words("here's heres here_is here_are");
/** What is presented is known: "here's my kitchen"; against "here is fine". */
export const KNOWN = lexicon.words("the my our both what");
/** States a paper or a picture is in when it is handed over: "signed contract", "blurry pic". */
export const READY = lexicon.words(
  "updated latest final revised signed completed filled scanned draft first second blurry clear clearer better close_up full cropped error proof latest attached new final old another last remaining",
);
export const MY = lexicon.words("my");

// Pointing without a noun

export const THIS_IS = lexicon.words("this_is");
/** "this is how my hair is now". */
export const AS_IT_IS = lexicon.words("how what");
export const MINE = lexicon.words("i i'm my we our it came arrived");
/** "this is what I want: two pizzas" is typed. */
export const ASKED_FOR = lexicon.words("want need mean meant like ordered said asked");
export const LOOK = lexicon.words("look looking looked");
export const AT = lexicon.words("at");
export const WHICH = lexicon.words("which");
/** "found this in my soup", "I keep getting this". */
export const MET_WITH = lexicon.words("found getting received recieved got");
export const IS_DOES = lexicon.words("is does do are");
export const WHAT = lexicon.words("what what's whats");
/** "what does this sign mean", "what is this thing called". */
export const MEANT = lexicon.words("mean called");
/** "for your reference". */
export const REFERENCE = lexicon.words(
  "reference proof records review approval perusal signature requested promised discussed",
);
export const PURPOSE = lexicon.words("for as");
/** "I never got this": nothing to show. */
export const DENIED = lexicon.words("never not didn't didnt haven't havent when if did");
export const ABOUT = lexicon.words("about");
export const THINK = lexicon.words("think");
/** "can you repair this crack", "match this color"; against "fix this problem". */
export const WORKING_ON = lexicon.words("fix repair match identify recreate replicate copy restore");
export const TROUBLE = lexicon.words("issue problem asap now please pls quickly today mess for in at or and before");
/** "similar to this", "same as this". */
export const SIMILAR = lexicon.words("similar identical same close");
export const CAME = lexicon.words("came arrived");
export const SHOWS_EN = lexicon.words("shows showing says saying gives giving displays displaying show throws");
export const DISPLAYED = lexicon.words("error code message screen light warning symbol popup");
/** What one look would tell: "is this normal". */
export const STATE = lexicon.words(
  "normal infected mold mould moldy authentic fake legit genuine ringworm swollen broken okay rash",
);

/** "Please find attached", as said in offices. */
export const PLEASE_FIND_ATTACHED = lexicon.words("pfa");
