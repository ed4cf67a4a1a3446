"""The beat that a new newsroom begins with: people on the move, in seven languages."""

from __future__ import annotations

# One branch per language. Arabic takes its article and one-letter conjunctions as prefixes, hence the doubled forms.
# What is in the brackets with ^0.25 counts a quarter: alone it says little.
MIGRATION_QUERY = """\
(NOT lang:fr,es,ar,pt,de,it (migrant* OR migration OR immigra* OR emigra* OR refugee* OR asylum* OR displaced OR
displacement OR deport* OR resettle* OR returnee* OR "human traffick*" OR "people smuggl*" OR "migrant smuggl*" OR
stateless* OR diaspora* OR undocumented OR repatriat* OR trafficked OR traffickers OR "immigration and customs
enforcement" OR "ICE facility" OR "ICE agents" OR "arrested by ICE" OR "arrest by ICE" OR "ICE arrests" OR "relocation
of migrants" OR "labour mobility" OR "foreign worker*" OR "guest worker*" OR "seasonal worker*" OR "domestic worker*"
OR remittance* OR "work permit*" OR "residence permit*" OR "border control*" OR "rubber boat*" OR "inflatable boat*"
OR "overcrowded boat*" OR "overcrowded rubber" OR "small boat*" OR "boat people" OR dinghy OR dinghies OR (border* OR
visa* OR smuggl* OR traffick* OR detention OR "coast guard" OR shipwreck OR capsize* OR drown* OR adrift OR rescue* OR
fled OR fleeing OR camp OR camps OR citizenship OR abroad OR lampedusa OR "canary islands" OR "el hierro" OR "english
channel" OR darien OR "rio grande" OR mediterranean)^0.25))
OR (lang:fr (migrant* OR migratoire* OR migration* OR immigr* OR emigr* OR refugie* OR "demandeur* d'asile" OR "droit
d'asile" OR asile OR deplace* OR expulsion* OR expuls* OR passeur* OR "sans-papiers" OR apatride* OR diaspora* OR
rapatri* OR reinstall* OR exile* OR naufrage* OR "titre* de sejour" OR "travailleurs saisonniers" OR "controles aux
frontieres" OR "canot pneumatique" OR (frontiere* OR visa* OR "garde-cotes" OR embarcation* OR fui* OR fuyant OR camp
OR camps OR "titre de sejour" OR etranger* OR pirogue*)^0.25))
OR (lang:es (migrante* OR migraci* OR migratori* OR inmigra* OR emigra* OR refugiad* OR asilo OR desplazad* OR
deporta* OR retornad* OR coyote* OR "trata de personas" OR "traficantes de personas" OR apatrid* OR diaspora* OR
repatria* OR indocumentad* OR patera* OR cayuco* OR regularizaci* OR remesas OR "permiso* de residencia" OR "permiso*
de trabajo" OR "lancha neumatica" OR "control* fronterizo*" OR (frontera* OR visado* OR visa OR salvamento OR huy* OR
huir OR campamento* OR "permiso de trabajo" OR extranjer* OR remesas)^0.25))
OR (lang:ar (مهاجر* OR المهاجر* OR للمهاجر* OR هجرة OR الهجرة OR للهجرة OR لاجئ* OR اللاجئ* OR للاجئ* OR لجوء OR
اللجوء OR نازح* OR النازح* OR للنازح* OR النزوح OR نزوح OR ترحيل* OR مهرب* OR المهربي* OR "الاتجار بالبشر" OR العائدين
OR العائدون OR "العمالة الوافدة" OR "العمال الوافد*" OR (حدود OR الحدود OR تأشير* OR "خفر السواحل" OR مخيم* OR المخيم*
OR قارب OR قوارب OR الإغاثة)^0.25))
OR (lang:pt (migrante* OR migrac* OR migrat* OR imigra* OR emigra* OR refugiad* OR asilo OR deslocad* OR deporta* OR
retornad* OR "trafico de pessoas" OR "traficantes de pessoas" OR apatrid* OR diaspora* OR repatria* OR indocumentad*
OR remessas OR "visto* humanitario*" OR "autorizac* de residencia" OR "control* de fronteira*" OR (fronteira* OR visto
OR vistos OR "guarda costeira" OR fug* OR campo OR campos OR estrangeir* OR remessas)^0.25))
OR (lang:de (migrant* OR migration* OR zuwander* OR einwander* OR auswander* OR fluchtling* OR gefluchtet* OR asyl* OR
vertrieben* OR vertreibung* OR abschieb* OR abgeschob* OR schleuser* OR menschenhandel* OR staatenlos* OR diaspora* OR
ruckkehr* OR seenotrett* OR bootsmigrant* OR grenzkontroll* OR aufenthaltstitel* OR aufenthaltserlaubnis* OR
schlauchboot* OR gastarbeiter* OR (grenz* OR schlepper* OR visum OR visa OR kustenwache OR floh OR flohen OR flucht OR
lager OR aufenthalt* OR auslander* OR fachkrafte*)^0.25))
OR (lang:it (migrant* OR migrazion* OR migratori* OR immigra* OR emigra* OR rifugiat* OR profugh* OR asilo OR sfollat*
OR espuls* OR rimpatri* OR scafist* OR trafficant* OR "tratta di esseri umani" OR apolid* OR diaspora* OR sbarc* OR
barcon* OR naufrag* OR gommon* OR "permess* di soggiorno" OR rimesse OR "controlli alle frontiere" OR (frontier* OR
confin* OR visto OR visti OR "guardia costiera" OR fugg* OR campo OR campi OR "permesso di soggiorno" OR
stranier*)^0.25))
"""

MIGRATION_ABOUT = (
    "Migrants and refugees crossing borders and the sea, rescued or intercepted by the coast guard",
    "Asylum policy, immigration detention, deportation and the rights of migrants",
    "People displaced by war or disaster living in camps and returning home",
    "Foreign workers, diaspora and remittances, visas and labour migration agreements",
)
