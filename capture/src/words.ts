// The app's words in the campaign's languages. `t("record")`; `t("left", "12")` puts 12 where {} stands.

import { readOpen, writeOpen } from "./store";

export const LANGUAGES: [string, string][] = [["en", "English"], ["fr", "Français"], ["pt", "Português"], ["ar", "العربية"], ["wo", "Wolof"]];

const ROWS = `
exit|Leave|Quitter|Sair|خروج|Génn
back|Back|Retour|Voltar|رجوع|Dellu
next|Next|Suivant|Seguinte|التالي|Li ci topp
save|Save|Enregistrer|Guardar|حفظ|Denc
cancel|Cancel|Annuler|Cancelar|إلغاء|Bàyyi
delete|Delete|Supprimer|Apagar|حذف|Far
yes|Yes|Oui|Sim|نعم|Waaw
no|No|Non|Não|لا|Déedéet
join_title|Join with your invitation|Rejoindre avec votre invitation|Entrar com o seu convite|انضم بدعوتك|Dugg ak sa woote
join_help|Open the link or scan the code that your coordinator gave you, or paste it here.|Ouvrez le lien ou scannez le code donné par votre coordinateur, ou collez-le ici.|Abra a ligação ou leia o código que o seu coordenador lhe deu, ou cole-o aqui.|افتح الرابط أو امسح الرمز الذي أعطاك إياه المنسق، أو ألصقه هنا.|Ubbil lëkkalekaay bi la sa njiit jox, walla nga taf ko fii.
join|Join|Rejoindre|Entrar|انضم|Dugg
invitation|Invitation|Invitation|Convite|الدعوة|Woote
need_network|You need a network for this once.|Il faut du réseau pour cela, une seule fois.|Precisa de rede para isto, uma só vez.|تحتاج إلى الشبكة لهذا مرة واحدة.|Soxla nga réso benn yoon rekk.
choose_pin|Choose a PIN of at least 6 digits. Without it nobody can open what you record; nobody can tell it to you again.|Choisissez un code d’au moins 6 chiffres. Sans lui, personne ne peut ouvrir vos enregistrements ; personne ne peut vous le redonner.|Escolha um código de pelo menos 6 algarismos. Sem ele ninguém abre o que grava; ninguém lho pode repetir.|اختر رمزًا من 6 أرقام على الأقل. من دونه لا أحد يفتح ما تسجله، ولا أحد يستطيع أن يعيده لك.|Tànnal kod bu am 6 siifar lu mu néew-néew. Su ko amul, kenn mënul a ubbi li nga denc.
pin|PIN|Code|Código|الرمز|Kod
pin_again|PIN once more|Le code encore une fois|Código outra vez|الرمز مرة أخرى|Kod bi benn yoon
pin_short|At least 6 digits.|Au moins 6 chiffres.|Pelo menos 6 algarismos.|6 أرقام على الأقل.|6 siifar lu mu néew-néew.
pin_differs|The two are not the same.|Les deux ne sont pas les mêmes.|Os dois não são iguais.|الرمزان مختلفان.|Ñaar yi yemuñu.
pin_wrong|That is not the PIN.|Ce n’est pas le code.|Esse não é o código.|هذا ليس الرمز الصحيح.|Loolu du kod bi.
pin_wait|Too many tries. Wait {} seconds.|Trop d’essais. Attendez {} secondes.|Demasiadas tentativas. Espere {} segundos.|محاولات كثيرة. انتظر {} ثانية.|Jéem nga ko lool. Xaaral {} segond.
forgot|Forgotten? Erase everything and begin again|Oublié ? Tout effacer et recommencer|Esqueceu? Apagar tudo e recomeçar|نسيته؟ امسح كل شيء وابدأ من جديد|Fàtte nga ko? Far lépp te tàmbaliwaat
forgot_sure|Everything on this phone that was not sent is lost. Erase it?|Tout ce qui n’a pas été envoyé depuis ce téléphone est perdu. Effacer ?|Perde-se tudo o que não foi enviado deste telefone. Apagar?|يضيع كل ما لم يُرسل من هذا الهاتف. هل تمسحه؟|Lépp lu demul ci telefon bi dina réer. Far ko?
unlock|Unlock|Ouvrir|Abrir|فتح|Ubbi
new|New testimony|Nouveau témoignage|Novo testemunho|شهادة جديدة|Seede bu bees
mine|Your testimonies|Vos témoignages|Os seus testemunhos|شهاداتك|Say seede
none|Nothing recorded yet.|Rien d’enregistré pour l’instant.|Ainda nada gravado.|لا شيء مسجل بعد.|Amagul dara.
training_first|Before you collect, finish your training.|Avant de recueillir, terminez votre formation.|Antes de recolher, termine a sua formação.|قبل الجمع، أكمل تدريبك.|Balaa ngay dajale, jeexalal sa tàggat.
training|Training|Formation|Formação|التدريب|Tàggat
due|due|à faire|por fazer|مستحق|war nga ko def
passed|passed|réussi|aprovado|ناجح|jàll nga
before_check|First, what do you know already?|D’abord, que savez-vous déjà ?|Primeiro, o que já sabe?|أولًا، ماذا تعرف؟|Balaa, lan nga xam ba noppi?
after_check|And now?|Et maintenant ?|E agora?|والآن؟|Léegi nag?
read_on|I have read it|Je l’ai lu|Já li|قرأته|Jàng naa ko
check_right|{} right.|{} justes.|{} certas.|{} صحيحة.|{} yu jub.
check_again|Read it once more and try again.|Relisez et réessayez.|Leia outra vez e tente de novo.|اقرأه مرة أخرى وحاول ثانية.|Jàngaatal te jéemaat.
answers_sent|Your answers go to the newsroom with the next network.|Vos réponses partiront avec le prochain réseau.|As suas respostas seguem com a próxima rede.|تُرسل إجاباتك عند توفر الشبكة.|Sa tontu dina dem bu réso amee.
kind|What is it?|De quoi s’agit-il ?|O que é?|ما نوعها؟|Lan la?
interview|Interview|Entretien|Entrevista|مقابلة|Laaj-tontu
portrait|Portrait and a quote|Portrait et citation|Retrato e citação|صورة واقتباس|Nataal ak wax
object|An object they held on to|Un objet gardé|Um objeto guardado|غرض احتفظوا به|Mbir mu ñu denc
photo_essay|Photos|Photos|Fotografias|صور|Nataal yi
story|A written story|Un récit écrit|Um relato escrito|قصة مكتوبة|Nettali bu ñu bind
language|Language|Langue|Língua|اللغة|Làkk
consent|Consent first|Le consentement d’abord|Primeiro o consentimento|الموافقة أولًا|Nangu moo jiitu
consent_help|Read this aloud or play it. Then let the teller answer; their answer counts, not yours.|Lisez ceci à voix haute ou faites-le écouter. Puis laissez répondre la personne ; c’est sa réponse qui compte.|Leia isto em voz alta ou faça-o ouvir. Depois deixe a pessoa responder; conta a resposta dela.|اقرأ هذا بصوت عالٍ أو شغّله. ثم دع الراوي يجيب؛ إجابته هي المهمة.|Jàngal lii ci kaw walla nga ko dégloo. Ba noppi nga bàyyi nettalikat bi tontu.
play|Play|Écouter|Ouvir|استمع|Dégloo
stop_playing|Stop|Arrêter|Parar|أوقف|Taxawal
explained|How was it explained?|Comment l’a-t-on expliqué ?|Como foi explicado?|كيف شُرحت؟|Nan lañu ko leeralee?
read|Read aloud|Lu à voix haute|Lido em voz alta|قُرئت بصوت عالٍ|Jàng nañu ko
played|Played|Écouté|Ouvido|استُمع إليها|Dégloo nañu ko
uses|Where may it be seen or heard?|Où peut-on le voir ou l’entendre ?|Onde pode ser visto ou ouvido?|أين يمكن أن تُرى أو تُسمع؟|Fan lañu ko mën a gis walla dégg?
team|Inside the team|Dans l’équipe|Na equipa|داخل الفريق|Ci biir kuréel gi
screenings|Screenings|Projections|Projeções|عروض|Wone yi
web|On the website|Sur le site|No sítio|على الموقع|Ci sit bi
mail|In the e-mail digest|Dans la lettre|No boletim|في النشرة|Ci bataaxal bi
partners|With partners|Chez les partenaires|Com parceiros|مع الشركاء|Ak naataango yi
media|In other media|Dans d’autres médias|Noutros meios|في وسائل أخرى|Ci yeneen xibaarukaay
naming|Name|Nom|Nome|الاسم|Tur
named|Full name|Nom entier|Nome completo|الاسم الكامل|Tur wu mat
first_name|First name|Prénom|Primeiro nome|الاسم الأول|Tur rekk
alias|Another name|Un autre nom|Outro nome|اسم آخر|Weneen tur
unnamed|No name|Sans nom|Sem nome|بلا اسم|Tur amul
place|Place|Lieu|Lugar|المكان|Bérab
country|Country|Pays|País|البلد|Réew
region|Region|Région|Região|المنطقة|Diiwaan
exact|Exact place|Lieu exact|Lugar exato|المكان بالضبط|Bérab bi xóot
face|Face|Visage|Rosto|الوجه|Kanam
voice|Voice|Voix|Voz|الصوت|Baat
show|Shown|Montré|Mostrar|يظهر|Wone
blur|Blurred|Flouté|Desfocado|مموّه|Lëndëmal
alter|Altered|Modifiée|Alterada|معدّل|Soppi
hide|Not at all|Pas du tout|De modo nenhum|لا يظهر|Déet-a-déet
until|Until (empty: no end)|Jusqu’au (vide : sans fin)|Até (vazio: sem fim)|حتى (فارغ: بلا نهاية)|Ba (amul: du jeex)
minor|The teller is under 18|La personne a moins de 18 ans|A pessoa tem menos de 18 anos|الراوي دون 18 سنة|Nettalikat bi amul 18 at
guardian|Guardian who consents, too|Tuteur qui consent aussi|Tutor que também consente|ولي الأمر الموافق أيضًا|Wàccukaay bi nangu itam
relation|Relation|Lien|Parentesco|صلة القرابة|Mbokk
evidence|Their answer|Sa réponse|A resposta|إجابته|Tontoom
record_answer|Record their answer|Enregistrer sa réponse|Gravar a resposta|سجّل إجابته|Denc tontoom
sign|Sign here|Signez ici|Assine aqui|وقّع هنا|Sinel fii
clear|Clear|Effacer|Limpar|امسح|Far
evidence_missing|Record their answer or let them sign.|Enregistrez la réponse ou faites signer.|Grave a resposta ou peça a assinatura.|سجّل الإجابة أو اطلب التوقيع.|Dencal tontu bi walla nga sineloo.
guardian_missing|A guardian has to consent, too.|Un tuteur doit aussi consentir.|Um tutor tem de consentir.|يجب أن يوافق ولي الأمر أيضًا.|Wàccukaay bi war na nangu itam.
alias_missing|Write the other name.|Écrivez l’autre nom.|Escreva o outro nome.|اكتب الاسم الآخر.|Bindal weneen tur wi.
teller|The teller|La personne|A pessoa|الراوي|Nettalikat bi
name|Name|Nom|Nome|الاسم|Tur
other_name|Other name|Autre nom|Outro nome|اسم آخر|Weneen tur
birth_year|Year of birth|Année de naissance|Ano de nascimento|سنة الميلاد|Atum juddu
spot|Village or street|Village ou rue|Aldeia ou rua|القرية أو الشارع|Dëkk walla mbedd
left_from|Left from|Parti de|Saiu de|غادر من|Bàyyikoo
reached|Reached|Arrivé à|Chegou a|وصل إلى|Àgg
tell|Interview|Entretien|Entrevista|المقابلة|Laaj-tontu
record_video|Video|Vidéo|Vídeo|فيديو|Widéo
record_audio|Sound|Son|Som|صوت|Baat
take_photo|Photo|Photo|Foto|صورة|Nataal
write|Write|Écrire|Escrever|كتابة|Bind
pause|Pause|Pause|Pausa|إيقاف مؤقت|Noppalu
resume|Go on|Continuer|Continuar|متابعة|Wéyal
stop|Stop|Arrêter|Parar|إيقاف|Taxawal
recording|Recording|Enregistrement|A gravar|جارٍ التسجيل|Mu ngi denc
paused|Paused|En pause|Em pausa|متوقف مؤقتًا|Noppalu na
saved_every_second|Every second is saved as you record.|Chaque seconde est sauvée en enregistrant.|Cada segundo fica guardado ao gravar.|تُحفظ كل ثانية أثناء التسجيل.|Segond bu nekk dañu koy denc.
interrupted|was interrupted; kept as far as it went|interrompu ; gardé jusque-là|interrompido; guardado até aí|انقطع وحُفظ ما سُجّل|dagg na; li am dencu na
recovered|A recording that was interrupted was kept: {}|Un enregistrement interrompu a été gardé : {}|Uma gravação interrompida foi guardada: {}|حُفظ تسجيل منقطع: {}|Dencu na li daggoon: {}
full|The phone is full. What was recorded is kept.|Le téléphone est plein. Ce qui a été enregistré est gardé.|O telefone está cheio. O que foi gravado está guardado.|الهاتف ممتلئ. ما سُجّل محفوظ.|Telefon bi fees na. Li nga denc mu ngi fi.
no_camera|The camera or microphone can’t be used: {}|La caméra ou le micro ne peut être utilisé : {}|A câmara ou o microfone não pode ser usado: {}|لا يمكن استخدام الكاميرا أو الميكروفون: {}|Kameraa bi walla mikro bi mënul dox: {}
environment|Camera: rear|Caméra : arrière|Câmara: traseira|الكاميرا: الخلفية|Kameraa: ginnaaw
user|Camera: front|Caméra : avant|Câmara: frontal|الكاميرا: الأمامية|Kameraa: kanam
finish|Finish|Terminer|Terminar|إنهاء|Jeexal
finish_help|Finished, it is sent with the next network. You can’t add to it after that.|Terminé, il part avec le prochain réseau. On ne peut plus rien y ajouter.|Terminado, segue com a próxima rede. Depois não se acrescenta nada.|بعد الإنهاء تُرسل عند توفر الشبكة ولا يمكن الإضافة إليها.|Bu jeexee, dina dem bu réso amee. Doo ci mën a yokk dara.
nothing_told|Record, photograph or write something first.|Enregistrez, photographiez ou écrivez d’abord.|Grave, fotografe ou escreva primeiro.|سجّل أو صوّر أو اكتب أولًا.|Dencal, nataal walla nga bind lu njëkk.
sure_delete|Delete it? It can’t be brought back.|Supprimer ? On ne pourra pas le récupérer.|Apagar? Não se pode recuperar.|هل تحذفها؟ لا يمكن استرجاعها.|Far ko? Du mën a dellusi.
open_state|open|ouvert|aberto|مفتوحة|ubbeeku
finished_state|waits to be sent|en attente d’envoi|à espera de envio|تنتظر الإرسال|mu ngi xaar yónnee
sent_state|sent and verified|envoyé et vérifié|enviado e verificado|أُرسلت وتحقق منها|yónnee nañu ko
refused_state|not taken|refusé|recusado|لم تُقبل|gàntu nañu ko
withdrawn_state|withdrawn|retiré|retirado|سُحبت|delloo nañu ko
receipt|Receipt code for the teller|Code de reçu pour la personne|Código do recibo para a pessoa|رمز الإيصال للراوي|Kodu lim bi
receipt_help|Give it to them. With it they can see, change or withdraw their story: {}|Donnez-le-lui. Avec lui, on peut voir, changer ou retirer le récit : {}|Entregue-lho. Com ele pode ver, mudar ou retirar o relato: {}|أعطه إياه. به يرى قصته أو يغيرها أو يسحبها: {}|Jox ko ko. Ak moom mën na gis, soppi walla delloo nettaleem: {}
files|{} files|{} fichiers|{} ficheiros|{} ملفات|{} fiisee
left|{} left|{} libres|{} livres|{} متبقية|{} des na
queue_idle|Everything is sent.|Tout est envoyé.|Está tudo enviado.|أُرسل كل شيء.|Lépp dem na.
queue_sending|Sending …|Envoi …|A enviar …|جارٍ الإرسال …|Mu ngi yónnee …
queue_waiting|Arrived; waiting to be verified.|Arrivé ; en vérification.|Chegou; a ser verificado.|وصلت؛ بانتظار التحقق.|Àgg na; ñu ngi koy xool.
queue_offline|No network. It is sent later by itself.|Pas de réseau. L’envoi se fera tout seul.|Sem rede. É enviado depois, sozinho.|لا شبكة. ستُرسل لاحقًا تلقائيًا.|Réso amul. Dina dem moom boppam.
queue_wifi|Waiting for Wi-Fi.|En attente du Wi-Fi.|À espera de Wi-Fi.|بانتظار الواي فاي.|Mu ngi xaar Wi-Fi.
wifi_only|Send on Wi-Fi only|Envoyer seulement en Wi-Fi|Enviar só com Wi-Fi|الإرسال بالواي فاي فقط|Yónnee ci Wi-Fi rekk
settings|Settings|Réglages|Definições|الإعدادات|Tëral
care|How are you?|Comment allez-vous ?|Como está?|كيف حالك؟|Na nga def?
care_help|Only the person named to listen reads this. You need not answer.|Seule la personne chargée d’écouter lit ceci. Rien ne vous oblige à répondre.|Só a pessoa encarregada de ouvir lê isto. Não precisa de responder.|لا يقرأ هذا إلا الشخص المكلّف بالإصغاء. لست مضطرًا للإجابة.|Ki ñu dénk déglu rekk moo koy jàng. Waruloo tontu.
mood1|Very bad|Très mal|Muito mal|سيئ جدًا|Bon na lool
mood2|Bad|Mal|Mal|سيئ|Bon na
mood3|So-so|Moyen|Assim-assim|متوسط|Ndànk-ndànk
mood4|Well|Bien|Bem|جيد|Baax na
mood5|Very well|Très bien|Muito bem|جيد جدًا|Baax na lool
wants_call|I would like a call|J’aimerais un appel|Gostava de uma chamada|أود مكالمة|Bëgg naa ñu woo ma
in_words|In your words|Avec vos mots|Com as suas palavras|بكلماتك|Ci say wax
thanks|Thank you. It is passed on.|Merci. C’est transmis.|Obrigado. Está entregue.|شكرًا. تم إيصاله.|Jërëjëf.
turn_to|People to turn to|À qui s’adresser|A quem recorrer|من يمكنك اللجوء إليه|Ñi nga mën a woo
kept_closed|This phone is no longer registered. What it held was erased.|Ce téléphone n’est plus enregistré. Son contenu a été effacé.|Este telefone já não está registado. O que tinha foi apagado.|لم يعد هذا الهاتف مسجلًا. مُسح ما كان فيه.|Telefon bii bindu-wul. Li ci nekkoon far nañu ko.
lock|Lock|Verrouiller|Bloquear|قفل|Tëj
required|required|obligatoire|obrigatório|مطلوب|war na
hint_photo|Photograph hands, things, places: a face only where it may be shown.|Photographiez mains, objets, lieux ; un visage seulement s’il peut être montré.|Fotografe mãos, coisas, lugares; um rosto só se puder ser mostrado.|صوّر الأيدي والأشياء والأماكن؛ والوجه فقط إن سُمح.|Nataalal loxo, mbir, bérab; kanam su ñu ko mayee rekk.
`;

const TABLE = new Map(ROWS.trim().split("\n").map((row) => { const [name, ...words] = row.split("|"); return [name!, words]; }));
let at = 0;

export const language = () => LANGUAGES[at]![0];
export const isRightToLeft = () => language() === "ar";

export function t(name: string, ...values: string[]): string {
  const words = TABLE.get(name)?.[at] ?? name;
  return values.reduce((text, value) => text.replace("{}", value), words);
}

export async function speak(code: string): Promise<void> {
  at = Math.max(0, LANGUAGES.findIndex(([known]) => known === code));
  document.documentElement.lang = language();
  document.documentElement.dir = isRightToLeft() ? "rtl" : "ltr";
  await writeOpen("language", language());
}

/** The language that was chosen, or the phone's, or English. */
export async function chooseLanguage(): Promise<void> {
  await speak((await readOpen<string>("language")) ?? navigator.language.split("-")[0] ?? "en");
}

/** Read a text aloud with a voice of the phone's that works offline; false where it has none for the language. */
export function readAloud(text: string, code: string, ended: () => void): boolean {
  const voices = window.speechSynthesis?.getVoices() ?? [];
  const voice = voices.find((v) => v.lang.startsWith(code) && v.localService) ?? voices.find((v) => v.lang.startsWith(code));
  if (!voice) return false;
  const words = new SpeechSynthesisUtterance(text);
  words.voice = voice;
  words.lang = voice.lang;
  words.onend = words.onerror = ended;
  window.speechSynthesis.cancel();
  window.speechSynthesis.speak(words);
  return true;
}
