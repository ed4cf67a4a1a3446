"""The themes that a newsroom's archive begins with. Editors change them in the admin."""

from __future__ import annotations

# slug, names (en, fr, es, ar), query
THEMES: tuple[tuple[str, tuple[str, str, str, str], str], ...] = (
    (
        "sea",
        ("Rescue at sea", "Sauvetage en mer", "Rescate en el mar", "الإنقاذ في البحر"),
        (
            'boat* OR dinghy OR shipwreck* OR "coast guard" OR rescue* OR mediterranean OR channel OR'
            " naufrag* OR cayuco* OR patera* OR bateau* OR قارب OR غرق OR المتوسط"
        ),
    ),
    (
        "asylum",
        ("Asylum and law", "Asile et droit", "Asilo y derecho", "اللجوء والقانون"),
        (
            "asylum OR court* OR law OR bill OR ruling* OR visa* OR deport* OR parliament OR asile OR"
            " tribunal* OR loi OR asilo OR ley OR juez OR لجوء OR محكمة OR قانون"
        ),
    ),
    (
        "displaced",
        ("Displacement", "Déplacement", "Desplazamiento", "النزوح"),
        (
            '"internally displaced" OR displaced OR displacement OR camp OR camps OR refugee* OR fled OR'
            " déplacé* OR réfugié* OR desplazad* OR refugiad* OR نازح* OR لاجئ* OR مخيم*"
        ),
    ),
    (
        "labour",
        ("Work and skills", "Travail et compétences", "Trabajo y capacidades", "العمل والمهارات"),
        (
            '"migrant workers" OR worker* OR labour OR labor OR wage* OR recruit* OR skills OR remittance* OR'
            " diaspora OR travailleur* OR trabajador* OR remesas OR عمال OR عمل OR تحويلات"
        ),
    ),
    (
        "trafficking",
        ("Trafficking and smuggling", "Traite et trafic", "Trata y tráfico", "الاتجار والتهريب"),
        (
            "traffick* OR smuggl* OR passeur* OR traite OR trata OR tratantes OR coyote* OR مهرب* OR تهريب OR"
            " الاتجار"
        ),
    ),
    (
        "return",
        (
            "Return and reintegration",
            "Retour et réintégration",
            "Retorno y reintegración",
            "العودة وإعادة الإدماج",
        ),
        (
            "return* OR returnee* OR reintegrat* OR repatriat* OR retour* OR rapatri* OR retorn* OR"
            " repatriad* OR عودة OR عائد*"
        ),
    ),
    (
        "border",
        ("Borders", "Frontières", "Fronteras", "الحدود"),
        "border* OR fence OR caravan* OR crossing OR frontière* OR frontera* OR caravana* OR حدود OR سياج",
    ),
    (
        "climate",
        ("Climate and disasters", "Climat et catastrophes", "Clima y desastres", "المناخ والكوارث"),
        (
            "climate OR flood* OR drought* OR cyclone* OR earthquake* OR storm* OR climat* OR sécheresse* OR"
            " inondation* OR sequía* OR inundacion* OR مناخ OR فيضان* OR جفاف"
        ),
    ),
    (
        "culture",
        ("Culture and people", "Culture et portraits", "Cultura y personas", "الثقافة والناس"),
        (
            "film* OR festival* OR music OR art OR artist* OR photograph* OR theatre OR football OR cuisine"
            " OR restaurant* OR musique OR música OR artista* OR cine OR فيلم OR مهرجان OR موسيقى"
        ),
    ),
)
