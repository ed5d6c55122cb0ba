"""Every system that the product knows of, with the profiles that read its exports; without any, what is known all the same."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.i18n import N_

MAP_OR_TEMPLATE = N_("`voronka map FILE`, or the [plain template](#{anchor})")


@dataclass(frozen=True)
class System:
    """One system by its name, with the profiles that read it; without any, what is known all the same and its grade."""

    name: str
    profiles: tuple[str, ...] = ()
    grade: str = "–"
    known: str = N_("nothing public about its files")
    note: str = ""
    do: str = MAP_OR_TEMPLATE


CRMS = (
    System("Bitrix24 (Битрикс24)", ("bitrix24", "bitrix24_leads")),
    System("amoCRM (Kommo)", ("amocrm",), note=N_("Russian headings; Kommo's English ones are not established")),
    System(
        "Megaplan (Мегаплан)",
        grade="–",
        known=N_("its API has objects (C); the headings of its files are not established"),
    ),
    System("ELMA365 CRM"),
    System("KPI Cloud"),
    System(
        "1С:CRM, 1С:УТ, 1С:ERP",
        grade="C",
        known=N_("any list saved with «Вывести список»; its columns are those of the list"),
    ),
    System("Аспро.Cloud"),
    System(N_("Plain Excel sheets"), ("sheet", "voronka")),
    System("YCLIENTS", ("yclients",)),
    System("MedElement"),
    System("UNICLINIC"),
    System("SalonPro"),
    System("ClinicCards", known=N_("it has an HTTP API (C); the headings of its files are not established")),
    System("AutoDealer (АвтоДилер)"),
    System("MoyAvtoservis (МойАвтосервис)"),
    System("AutoBoss"),
    System("AutoSoft"),
    System("CarService CRM"),
    System("RetailCRM", ("retailcrm",)),
    System("1С-Розница"),
    System("МойСклад", ("moysklad",)),
    System("AdvantShop", ("advantshop", "advantshop_leads")),
    System("InSales", grade="C", known=N_("codes of its API; the headings of its files are not established")),
    System("FitogramPro", known=N_("the service is said to have closed at the end of 2024")),
    System("Train'n'Rest"),
    System("GymMaster"),
    System("Mindbody", grade="C", known=N_("fields of its API; the headings of its files are not established")),
    System("Virtuagym"),
    System("R-Keeper", grade="A", known=N_("fields of its database; the headings of its reports are not established")),
    System("iiko", ("iiko",)),
    System("Poster POS", ("poster",)),
    System("iikoCloud", known=N_("the vendor of iiko; the headings of its files are not established")),
    System("Quick Resto"),
    System("Pipedrive", ("pipedrive",)),
    System("HubSpot", ("hubspot", "hubspot_api")),
    System("Salesforce", ("salesforce", "salesforce_report")),
    System("Zoho CRM", ("zoho",)),
)
CALLS = (
    System("Asterisk (cdr_csv, cdr_custom)", ("asterisk",)),
    System("FreePBX", ("asterisk",)),
    System("Sipuni", ("sipuni",)),
    System("Ringostat", ("ringostat",)),
    System(
        "Mango Office",
        ("mango",),
        note=N_("Both are answers of its API; the headings of its files are not established"),
    ),
    System("UIS, CoMagic", ("uis",)),
    System("Zadarma", grade="C", known=N_("words of its API; the headings of its files are not established")),
    System(N_("Megafon, Beeline, Dom.ru virtual PBX"), ("megafon",)),
    System(N_("MTS virtual PBX")),
    System("Binotel", grade="C", known=N_("fields of its API; the headings of its files are not established")),
    System(
        "Twilio", grade="A", known=N_("statuses of its API; the headings of its console's files are not established")
    ),
    System("RingCentral", grade="A", known=N_("fields of its API; the headings of its files are not established")),
    System(N_("Bitrix24 telephony"), ("bitrix24",)),
    System("net2phone", grade="C", known=N_("one importer only")),
)
COSTS = (
    System("Yandex.Direct (Яндекс.Директ)", ("yandex_direct",)),
    System(N_("Yandex.Metrica (Яндекс.Метрика) expenses"), ("yandex_metrica",)),
    System("VK Ads (VK Реклама)", ("vk_ads",)),
    System("Google Ads", ("google_ads",)),
    System("Meta Ads", ("meta_ads",)),
    System(
        N_("GA4 cost data, Measurement Protocol"),
        grade="A",
        known=N_("formats that Google accepts, which is something to write"),
        do=N_("Nothing to load"),
    ),
    System("Roistat", known=N_("an API only; the headings of its files are not established")),
)
