"""Common verbs of English: enough to find the verb of most clauses, no more."""

from reelwright.content.engine.lexicon import word_set

__all__ = ["IRREGULAR_PARTICIPLES", "IRREGULAR_PASTS", "REPORTING_VERBS", "VERBS"]

VERBS = word_set(
    "accept achieve act adapt add adjust admit adopt affect agree aim allow appear apply approach argue "
    "arise arrive ask attack attract avoid bake balance bear beat become begin believe belong bend bind "
    "bite blame bleed block bloom blow boil boost borrow bounce brake break breathe breed brew bring "
    "brush build burn burst buy call calm capture care carry cast catch cause celebrate challenge change "
    "charge chase check choose circle claim clean clear climb close collapse collect combine come compare "
    "compete complain complete confirm connect consider consist consume contain continue contract "
    "contribute control convert cook cool cope copy correct cost count cover crack crash create cross cry "
    "cure cut damage dance deal decide declare decline decrease defend define delay deliver demand depend "
    "describe deserve design destroy detect determine develop die differ dig direct disappear discover "
    "discuss disrupt divide dock dominate double doubt drain draw dream drift drill drink drip drive drop "
    "dry earn eat emerge emit employ enable encourage end endure enjoy enter erupt escape establish "
    "evolve examine excite exist expand expect explain explode explore export express extend face fade "
    "fail fall fear feed feel fight fill find finish fit fix float flood flow fly fold follow force "
    "forget form freeze frighten gain gather generate get give glow go govern grab grind grip grow guard "
    "guess guide halt handle hang happen harm harvest hate head heal hear heat help hide hit hold hope "
    "hunt hurt ignore imagine import improve include increase indicate influence inform inspire invade "
    "invent invest invite join judge jump keep kick kill know lack land last laugh launch lay lead leak "
    "leap learn leave lend let lie lift light like limit link listen live load lock look lose love lower "
    "maintain make manage march mark marry match matter mean measure meet melt mend mention migrate mind "
    "miss mix move multiply name need neglect notice number obey observe obtain occur offer open operate "
    "oppose orbit order organise organize outlive overtake owe own pack paint pass pay perform permit "
    "pick place plan plant play point pollute possess pour power practise practice praise predict prefer "
    "prepare press pressure prevent print produce promise promote protect prove provide pull pump punish "
    "push put quit race rain raise reach react read rebuild receive recognise recognize record recover "
    "recycle reduce reflect refuse regain regulate reject relate relax release rely remain remember "
    "remind remove renew repair repeat replace reply report represent require rescue resist respond rest "
    "restore result retire return reveal ride ring rinse rise risk roast roll rub ruin rule run rush sail "
    "save say scare scatter search see seem sell send separate serve set settle shake shape share shed "
    "shift shine ship shock shoot shorten show shrink shut sign sing sink sit slam sleep slide slip slow "
    "smell snap soak solve sort sound spark speak speed spend spill spin splash split spread spring "
    "squeeze stand stare start starve stay steal steer step stick stir stop store strengthen stretch "
    "strike struggle study succeed suck suffer suggest suit supply support surprise surround survive "
    "suspect sweep swell swim swing switch take talk taste teach tear tell tempt test thank think "
    "threaten thrive throw tie tighten touch trade train transform translate transmit trap travel treat "
    "trigger triple trust try turn twist understand undergo undo undock unite use vanish vary visit vote "
    "wait wake walk want warm warn wash waste watch wear weave weigh welcome win wipe wish wonder work "
    "worry wrap write yield attach chop download insert install knead peel preheat simmer sprinkle unplug "
    "whisk"
)

IRREGULAR_PASTS = word_set(
    "arose ate bit blew bore bound bought bred broke brought built burnt came caught chose clung cost "
    "crept cut dealt did drank drew drove dug fed fell felt fled flew fought found forgot froze gave got "
    "grew ground had heard held hid hit hung hurt kept knew laid lay led left lent let lit lost made "
    "meant met outgrew overcame overtook paid put quit ran rang read rode rose said sang sank sat saw "
    "sent set shone shook shot showed shrank shut slept slid sold sought spent split spoke spread sprang "
    "stole stood strode struck stuck swam swept swore swung taught thought threw told took tore "
    "understood underwent went woke won wore wove wrote began became"
)

IRREGULAR_PARTICIPLES = word_set(
    "chosen driven fallen flown forgotten frozen given grown hidden known risen seen shaken shown spoken "
    "stolen taken thrown torn woken worn woven written done gone been beaten begun bitten blown broken "
    "drawn drunk eaten sung sunk sworn swum rung born"
)

REPORTING_VERBS = word_set(
    "think thinks thought believe believes believed say says said claim claims claimed know knows knew "
    "show shows showed mean means meant suggest suggests suggested argue argues argued hope hopes hoped "
    "expect expects expected find finds found tell tells told write writes wrote add adds added note "
    "notes noted call calls called explain explains explained ask asks asked declare declares declared "
    "sing sings sang remark remarks remarked report reports reported reply replies replied recall recalls "
    "recalled insist insists insisted warn warns warned conclude concludes concluded observe observes "
    "observed predict predicts predicted read reads put puts"
)
