/** The English grammar words that `expectation-en.ts` builds on. */
import { lexicon } from "./lexicon.ts";

export const I = lexicon.words("i i'll i'm im ill i've ive i'd we we'll we're let lemme gonna imma");
export const SENDING = lexicon.words("send sending attach attaching share sharing upload uploading forward forwarding show showing drop dropping submit submitting enclose enclosing email emailing text texting dm");
/** Sending that is said to be over. Only "attached" and its like still point at something in this very message. */
export const SENT = lexicon.words("sent shared uploaded forwarded showed posted submitted emailed mailed gave texted");
export const ATTACHED = lexicon.words("attached attachd enclosed");
export const TAKE = lexicon.words("take taking snap grab get make");
export const TAKEN = lexicon.words("took snapped taken captured made wrote");
export const THIS_EN = lexicon.words("this these dis");
export const DETERMINERS = lexicon.words("the a an my this these that those his her our some few couple two three 2 3 another one more your their its any both second first dis thsi all");
export const DEFINITE = lexicon.words("the my this these those both dis our attached following");
export const YOUR = lexicon.words("your their its ur shop's");
export const IN_EN = lexicon.words("in on from of like per with at as within inside about to match");
export const VIEW_EN = lexicon.words(
  "look check see read review describe analyze analyse summarize summarise translate proofread open view explain identify edit fix convert compare rate transcribe extract examine inspect verify evaluate critique caption interpret crop enhance resize restore colorize improve parse correct sign analyzing checkout caption judge guess",
);
export const HERE = lexicon.words("here here's heres here_is here_are here_r heres_my this_is these_are there's behold");
export const AFTER_POINT = lexicon.words("below above attached attachd here enclosed");
export const ME = lexicon.words("me us");
export const ASKING_VERBS = lexicon.words("send show give share email forward text upload post provide get dm attach mail");
export const AUX_YOU = lexicon.words("can could would will may pls please plz");
export const YOU = lexicon.words("you u ya someone anyone he she they");
export const WANT = lexicon.words("want need have has got see any get had like where many there find how should must do if when cannot can't cant couldn't unable won't wont not never why which what wanna");
export const CANNOT_EN = lexicon.words("can't cant cannot couldn't unable won't wont not never how where should if when why didn't don't dont already which whether must allowed yesterday earlier ago tomorrow later tonight monday tried trying fails failed forgot keep keeps asked told love hate if");
export const ANOTHER_TIME_EN = lexicon.words("yesterday earlier ago tomorrow later tonight already before last next once soon monday tuesday friday week");
export const POSTED = lexicon.words("posted sent shared uploaded have use used");
export const ONLINE = lexicon.words("website site page instagram facebook ig fb listing ad menu online post profile wall tiktok catalog app");
export const IT_ELSE = lexicon.words("case moment month week regard");
export const UNFINISHED_EN = lexicon.words("and but or of the a an with because cuz coz if my your than i'm although that's which");
export const FILLER_EN = lexicon.words("ok okay hi hey hello so just and sure thanks yes yeah oh sorry btw pfa also");
export const TO = lexicon.words("to");
export const FINDING = lexicon.words("see find check as kindly please pls view here per");
export const HAVE_EN = lexicon.words("have ve just also already am");
export const BE_EN = lexicon.words("is are was were");
export const ATTACHING_EN = lexicon.words("attaching");
export const DO_EN = lexicon.words("do should shall did does");
export const WILL = lexicon.words("i'll ill let lemme gonna we'll will imma");
export const WHERE = lexicon.words("where");
export const COMING = lexicon.words("incoming coming attached attachd enclosed below");
export const FOLLOWING = lexicon.words("following below");
export const THAT = lexicon.words("that which");
export const GOT = lexicon.words("got get receive received did have");
export const IN_PICTURE = lexicon.words("in on from like within inside per as");
export const LIKE_EN = lexicon.words("like");
export const LOOKS = lexicon.words("look looks looked looking exactly just");
export const AFTER_VIEW = lexicon.words("at out over through up into look me for a us help quick");
export const OF_EN = lexicon.words("of for from");
export const MORE = lexicon.words("more another any some");
export const COUNT = lexicon.words("two three 2 3 few couple both all some");
export const WILL_SEND = lexicon.words("will gonna");
export const ASK_IF = lexicon.words("is does are do will would was");
export const IT = lexicon.words("it they that this color colour");
export const AFTER_ATTACHED = lexicon.words("is are please pls herewith the my below here you'll you for as find a our above");
export const FOUND = lexicon.words("find see");
export const HANDING = lexicon.words("sending here attached attaching uploading");
export const PLACE_HERE = lexicon.words("here");
export const PART_OF = lexicon.words("address number numbers date amount name template templates writing fee price length no #");
export const IN_BARE = lexicon.words("in like as");
export const NEVER = lexicon.words("not nothing isn't wasn't doesn't didn't never don't none different unlike");
export const NOT_THING = lexicon.words("with come comes is are was i'm am get got very so not no be still it");
export const INDEFINITE = lexicon.words("a");
export const IF = lexicon.words("if");
/** "I want you to read the file", "can you read the file". */
export const READER = lexicon.words("you u");
