"""Every URL of the shop, with the factory that turns it into an object or a 404."""

from pyramid.config import Configurator

from storefront.web.contexts import admin, catalogue, library, store


def includeme(config: Configurator) -> None:
    route = config.add_route

    # Public, the same for everybody, cacheable: no cookie, no form that needs one.
    route("home", "/")
    route("albums", "/albums")
    route("album", "/albums/{slug}", factory=catalogue.public_album)
    route("artists", "/artists")
    route("artist", "/artists/{slug}", factory=catalogue.public_artist)
    route("search", "/search")
    route("help", "/help")
    route("shop_text", "/{kind:terms|imprint|privacy}", factory=catalogue.public_text)
    route("shop_accent", "/shop/accent-{light:[0-9a-f]{6}}-{dark:[0-9a-f]{6}}.css", factory=catalogue.own_accent)
    route("shop_logo", "/shop/logo-{digest:[0-9a-f]{64}}.png", factory=catalogue.own_logo)
    route("robots", "/robots.txt")
    route("sitemap", "/sitemap.xml")
    route("stream", r"/stream/{digest:[0-9a-f]{64}}.mp3", factory=catalogue.public_stream)
    route(
        "cover",
        "/covers/{digest:[0-9a-f]{64}}-{width:320|640|1280}.{extension:webp|jpg}",
        factory=catalogue.public_cover,
    )
    route("accent", r"/covers/{digest:[0-9a-f]{64}}.css", factory=catalogue.public_accent)

    # Buying.
    route("buy", "/store/buy/{slug}", factory=store.album_for_sale)
    route("complete", "/store/complete/{slug}", factory=store.album_for_sale)
    route("success", "/store/success/{public_id}", factory=store.own_purchase)
    route("failure", "/store/failure/{public_id}", factory=store.own_purchase)
    route("status", "/store/status/{public_id}", factory=store.own_purchase)
    route("authenticate", "/store/authenticate/{public_id}", factory=store.own_purchase)
    route("return", "/store/return/{public_id}", factory=store.own_purchase)
    route("cancel", "/store/cancel/{public_id}", factory=store.own_purchase)
    route("webhook", "/stripe/webhook")

    # What a customer owns. A download is open to its owner, and by a signed key to whoever got it from the receipt.
    route("library", "/library")
    route("receipt", "/library/receipt/{token}", factory=library.receipt)
    route("everything", "/library/everything/{format}", factory=library.everything)
    route("owned", "/library/{public_id}", factory=library.owned)
    route("download", "/library/{public_id}/{format}", factory=library.download)

    # People.
    route("sign_up", "/sign-up")
    route("sign_in", "/sign-in")
    route("password", "/password")
    route("sign_out", "/sign-out")
    route("prove", "/account/prove/{token}")

    # The owner's side.
    route("admin", "/admin", factory=admin.desk)
    route("admin_purchases", "/admin/purchases", factory=admin.desk)
    route("admin_purchases_csv", "/admin/purchases.csv", factory=admin.desk)
    route("admin_purchase", "/admin/purchases/{public_id}", factory=admin.purchase)
    route("admin_purchase_refund", "/admin/purchases/{public_id}/refund", factory=admin.purchase)
    route("admin_disputes", "/admin/disputes", factory=admin.desk)
    route("admin_dispute", "/admin/disputes/{dispute}", factory=admin.dispute)
    route("admin_dispute_send", "/admin/disputes/{dispute}/send", factory=admin.dispute)
    route("admin_dispute_accept", "/admin/disputes/{dispute}/accept", factory=admin.dispute)
    route("admin_settings", "/admin/settings", factory=admin.desk)
    route("admin_settings_texts", "/admin/settings/texts", factory=admin.desk)
    route("admin_settings_mail", "/admin/settings/mail", factory=admin.desk)
    route("admin_settings_look", "/admin/settings/look", factory=admin.desk)
    route("admin_settings_accent", "/admin/settings/look.css", factory=admin.desk)
    route("admin_settings_logo", "/admin/settings/logo", factory=admin.desk)
    route("admin_settings_machine", "/admin/settings/machine", factory=admin.desk)
    route("admin_settings_people", "/admin/settings/people", factory=admin.desk)
    route("admin_settings_person", "/admin/settings/people/{public_id}", factory=admin.person)
    route("admin_customers", "/admin/customers", factory=admin.desk)
    route("admin_customer_address", "/admin/customers/{email:.+}/address", factory=admin.customer)
    route("admin_customer", "/admin/customers/{email:.+}", factory=admin.customer)
    route("admin_audit", "/admin/audit", factory=admin.desk)
    route("admin_mails", "/admin/mails", factory=admin.desk)
    route("admin_jobs", "/admin/jobs", factory=admin.desk)
    route("admin_albums", "/admin/albums", factory=admin.desk)
    route("admin_album", "/admin/albums/{public_id}", factory=admin.album)
    route("admin_album_preview", "/admin/albums/{public_id}/preview", factory=admin.album)
    route("admin_album_sale", "/admin/albums/{public_id}/sale", factory=admin.album)
    route("admin_album_files", "/admin/albums/{public_id}/files", factory=admin.album)
    route("admin_album_upload", "/admin/albums/{public_id}/upload", factory=admin.album)
    route("admin_artists", "/admin/artists", factory=admin.desk)
    route("admin_artist", "/admin/artists/{public_id}", factory=admin.artist)
    route("admin_artist_merge", "/admin/artists/{public_id}/merge", factory=admin.artist)
    route("admin_artist_delete", "/admin/artists/{public_id}/delete", factory=admin.artist)
    route(
        "admin_cover",
        "/admin/covers/{digest:[0-9a-f]{64}}-{width:320|640|1280}.{extension:webp|jpg}",
        factory=admin.cover,
    )
    route("admin_accent", r"/admin/covers/{digest:[0-9a-f]{64}}.css", factory=admin.accent)
    route("admin_stream", r"/admin/streams/{digest:[0-9a-f]{64}}.mp3", factory=admin.stream)
    route("admin_uploads", "/admin/uploads", factory=admin.desk)
    route("admin_upload", "/admin/uploads/{public_id}", factory=admin.upload)
    route("admin_upload_files", "/admin/uploads/{public_id}/files", factory=admin.upload)
    route("admin_upload_file", "/admin/uploads/{public_id}/files/{file}", factory=admin.upload_file)
    route("admin_upload_without", "/admin/uploads/{public_id}/files/{file}/leave-out", factory=admin.upload_file)
