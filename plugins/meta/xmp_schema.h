/* SPDX-License-Identifier: MIT */
/* Namespaces of XMP with their standard prefixes, and the types that the standards give to properties and struct fields. Sources:
 * ISO 16684-1:2019 clauses 8.3 to 8.7; XMP Specification Part 2 (2016) 1.2 and 3; Exif 2.32 metadata for XMP (CIPA DC-010);
 * IPTC Photo Metadata Standard 2022.1; MWG Guidelines 2.0 annex. */
#ifndef PLUGINS_META_XMP_SCHEMA_H
#define PLUGINS_META_XMP_SCHEMA_H

#define NS_RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define NS_XML "http://www.w3.org/XML/1998/namespace"

/* What a value is: text, unless one of these says otherwise. */
enum form {
    FORM_TEXT,
    FORM_BOOLEAN,  /* 8.2.1.1: True or False */
    FORM_DATE,     /* 8.2.1.2 */
    FORM_INTEGER,  /* 8.2.1.3 */
    FORM_REAL,     /* 8.2.1.4 */
    FORM_RATIONAL, /* Part 2, 1.2.1.8: "4/10" */
    FORM_POSITION, /* Part 2, 1.2.3.4: "DDD,MM,SSk" or "DDD,MM.mmk" */
    FORM_BASE64,   /* Part 2, 1.2.2.4: an image */
    FORM_ARRAY,    /* of text; a property that is always one, though a file may have a plain value */
    FORM_LANGUAGES /* 8.2.2.4 */
};

static const struct space {
    const char *prefix, *uri;
} spaces[] = {
    {"dc", "http://purl.org/dc/elements/1.1/"},
    {"xmp", "http://ns.adobe.com/xap/1.0/"},
    {"xmpMM", "http://ns.adobe.com/xap/1.0/mm/"},
    {"xmpRights", "http://ns.adobe.com/xap/1.0/rights/"},
    {"xmpBJ", "http://ns.adobe.com/xap/1.0/bj/"},
    {"xmpTPg", "http://ns.adobe.com/xap/1.0/t/pg/"},
    {"xmpG", "http://ns.adobe.com/xap/1.0/g/"},
    {"xmpGImg", "http://ns.adobe.com/xap/1.0/g/img/"},
    {"xmpDM", "http://ns.adobe.com/xmp/1.0/DynamicMedia/"},
    {"xmpNote", "http://ns.adobe.com/xmp/note/"},
    {"xmpidq", "http://ns.adobe.com/xmp/Identifier/qual/1.0/"},
    {"stRef", "http://ns.adobe.com/xap/1.0/sType/ResourceRef#"},
    {"stEvt", "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"},
    {"stVer", "http://ns.adobe.com/xap/1.0/sType/Version#"},
    {"stJob", "http://ns.adobe.com/xap/1.0/sType/Job#"},
    {"stDim", "http://ns.adobe.com/xap/1.0/sType/Dimensions#"},
    {"stFnt", "http://ns.adobe.com/xap/1.0/sType/Font#"},
    {"stMfs", "http://ns.adobe.com/xap/1.0/sType/ManifestItem#"},
    {"stArea", "http://ns.adobe.com/xmp/sType/Area#"},
    {"pdf", "http://ns.adobe.com/pdf/1.3/"},
    {"pdfx", "http://ns.adobe.com/pdfx/1.3/"},
    {"pdfaid", "http://www.aiim.org/pdfa/ns/id/"},
    {"pdfuaid", "http://www.aiim.org/pdfua/ns/id/"},
    {"photoshop", "http://ns.adobe.com/photoshop/1.0/"},
    {"illustrator", "http://ns.adobe.com/illustrator/1.0/"},
    {"crs", "http://ns.adobe.com/camera-raw-settings/1.0/"},
    {"lr", "http://ns.adobe.com/lightroom/1.0/"},
    {"tiff", "http://ns.adobe.com/tiff/1.0/"},
    {"exif", "http://ns.adobe.com/exif/1.0/"},
    {"exifEX", "http://cipa.jp/exif/1.0/"},
    {"aux", "http://ns.adobe.com/exif/1.0/aux/"},
    {"Iptc4xmpCore", "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"},
    {"Iptc4xmpExt", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"},
    {"plus", "http://ns.useplus.org/ldf/xmp/1.0/"},
    {"mwg-rs", "http://www.metadataworkinggroup.com/schemas/regions/"},
    {"mwg-kw", "http://www.metadataworkinggroup.com/schemas/keywords/"},
    {"mwg-coll", "http://www.metadataworkinggroup.com/schemas/collections/"},
    {"cc", "http://creativecommons.org/ns#"},
    {"prism", "http://prismstandard.org/namespaces/basic/2.0/"},
    {"digiKam", "http://www.digikam.org/ns/1.0/"},
    {"acdsee", "http://ns.acdsee.com/iptc/1.0/"},
    {"MicrosoftPhoto", "http://ns.microsoft.com/photo/1.0/"},
    {"MP", "http://ns.microsoft.com/photo/1.2/"},
    {"MPRI", "http://ns.microsoft.com/photo/1.2/t/RegionInfo#"},
    {"MPReg", "http://ns.microsoft.com/photo/1.2/t/Region#"},
    {"GPano", "http://ns.google.com/photos/1.0/panorama/"},
    {"GImage", "http://ns.google.com/photos/1.0/image/"},
    {"GAudio", "http://ns.google.com/photos/1.0/audio/"},
    {"GDepth", "http://ns.google.com/photos/1.0/depthmap/"},
    {"GCamera", "http://ns.google.com/photos/1.0/camera/"},
    {"hdrgm", "http://ns.adobe.com/hdr-gain-map/1.0/"},
    {"dwc", "http://rs.tdwg.org/dwc/index.htm"},
    {"rdf", NS_RDF},
    {"x", "adobe:ns:meta/"},
};

/* Names between blanks. A property may stand in two rows: an array of integers is in an array row and an integer row. */
static const struct row {
    const char *prefix;
    enum form form;
    const char *names;
} rows[] = {
    {"dc", FORM_DATE, " date "},
    {"dc", FORM_ARRAY, " contributor creator date language publisher relation subject type "},
    {"dc", FORM_LANGUAGES, " description rights title "},
    {"xmp", FORM_DATE, " CreateDate MetadataDate ModifyDate "},
    {"xmp", FORM_REAL, " Rating "},
    {"xmp", FORM_ARRAY, " Identifier Thumbnails "},
    {"xmpRights", FORM_BOOLEAN, " Marked "},
    {"xmpRights", FORM_ARRAY, " Owner "},
    {"xmpRights", FORM_LANGUAGES, " UsageTerms "},
    {"xmpMM", FORM_ARRAY, " History Ingredients Pantry Versions Manifest "},
    {"xmpMM", FORM_INTEGER, " SaveID "},
    {"xmpBJ", FORM_ARRAY, " JobRef "},
    {"xmpTPg", FORM_INTEGER, " NPages "},
    {"xmpTPg", FORM_BOOLEAN, " HasVisibleOverprint HasVisibleTransparency "},
    {"xmpTPg", FORM_ARRAY, " Fonts Colorants PlateNames SwatchGroups "},
    {"xmpG", FORM_REAL, " A B L black cyan magenta yellow tint "},
    {"xmpG", FORM_INTEGER, " red green blue "},
    {"xmpGImg", FORM_INTEGER, " width height "},
    {"xmpGImg", FORM_BASE64, " image "},
    {"xmpDM", FORM_DATE, " audioModDate metadataModDate releaseDate shotDate videoModDate "},
    {"xmpDM", FORM_INTEGER, " audioSampleRate trackNumber discNumber "},
    {"xmpDM", FORM_REAL, " numberOfBeats tempo videoAlphaUnityIsTransparent "},
    {"xmpDM", FORM_RATIONAL, " fileDataRate scale "},
    {"xmpDM", FORM_BOOLEAN, " good "},
    {"stRef", FORM_DATE, " lastModifyDate "},
    {"stEvt", FORM_DATE, " when "},
    {"stVer", FORM_DATE, " modifyDate "},
    {"stDim", FORM_REAL, " w h "},
    {"stArea", FORM_REAL, " w h x y d "},
    {"stFnt", FORM_BOOLEAN, " composite "},
    {"pdf", FORM_BOOLEAN, " Trapped "},
    {"pdfaid", FORM_INTEGER, " part "},
    {"pdfuaid", FORM_INTEGER, " part "},
    {"photoshop", FORM_DATE, " DateCreated "},
    {"photoshop", FORM_INTEGER, " ColorMode Urgency "},
    {"photoshop", FORM_ARRAY, " DocumentAncestors SupplementalCategories TextLayers "},
    {"crs", FORM_BOOLEAN, " AutoBrightness AutoContrast AutoExposure AutoShadows HasCrop HasSettings "},
    {"crs", FORM_INTEGER,
     " BlueHue BlueSaturation Brightness ChromaticAberrationB ChromaticAberrationR ColorNoiseReduction Contrast "
     "CropUnits GreenHue GreenSaturation LuminanceSmoothing RedHue RedSaturation Saturation Shadows ShadowTint "
     "Sharpness "
     "Temperature Tint VignetteAmount VignetteMidpoint "},
    {"crs", FORM_REAL, " CropAngle CropBottom CropHeight CropLeft CropRight CropTop CropWidth Exposure "},
    {"crs", FORM_ARRAY, " ToneCurve "},
    {"tiff", FORM_INTEGER,
     " BitsPerSample Compression ImageLength ImageWidth Orientation PhotometricInterpretation PlanarConfiguration "
     "ResolutionUnit SamplesPerPixel TransferFunction YCbCrPositioning YCbCrSubSampling "},
    {"tiff", FORM_RATIONAL,
     " PrimaryChromaticities ReferenceBlackWhite WhitePoint XResolution YCbCrCoefficients YResolution "},
    {"tiff", FORM_DATE, " DateTime "},
    {"tiff", FORM_ARRAY,
     " BitsPerSample PrimaryChromaticities ReferenceBlackWhite TransferFunction WhitePoint YCbCrCoefficients "
     "YCbCrSubSampling "},
    {"tiff", FORM_LANGUAGES, " Copyright ImageDescription "},
    {"exif", FORM_INTEGER,
     " ColorSpace ComponentsConfiguration Contrast CustomRendered ExposureMode ExposureProgram FileSource "
     "FocalLengthIn35mmFilm FocalPlaneResolutionUnit GPSAltitudeRef GPSDifferential GainControl ISOSpeedRatings "
     "LightSource "
     "MeteringMode Mode PixelXDimension PixelYDimension Return Saturation SceneCaptureType SceneType SensingMethod "
     "Sharpness "
     "SubjectArea SubjectDistanceRange SubjectLocation WhiteBalance "},
    {"exif", FORM_RATIONAL,
     " ApertureValue BrightnessValue CompressedBitsPerPixel DigitalZoomRatio ExposureBiasValue ExposureIndex "
     "ExposureTime "
     "FNumber FlashEnergy FocalLength FocalPlaneXResolution FocalPlaneYResolution GPSAltitude GPSDOP GPSDestBearing "
     "GPSDestDistance GPSHPositioningError GPSImgDirection GPSSpeed GPSTrack MaxApertureValue ShutterSpeedValue "
     "SubjectDistance "},
    {"exif", FORM_BOOLEAN, " Fired Function RedEyeMode "},
    {"exif", FORM_DATE, " DateTimeDigitized DateTimeOriginal GPSTimeStamp "},
    {"exif", FORM_POSITION, " GPSDestLatitude GPSDestLongitude GPSLatitude GPSLongitude "},
    {"exif", FORM_ARRAY, " ComponentsConfiguration ISOSpeedRatings SubjectArea SubjectLocation "},
    {"exif", FORM_LANGUAGES, " UserComment "},
    {"exifEX", FORM_INTEGER,
     " ISOSpeed ISOSpeedLatitudeyyy ISOSpeedLatitudezzz PhotographicSensitivity RecommendedExposureIndex "
     "SensitivityType "
     "StandardOutputSensitivity "},
    {"exifEX", FORM_RATIONAL, " Gamma LensSpecification "},
    {"exifEX", FORM_ARRAY, " LensSpecification "},
    {"aux", FORM_RATIONAL, " ApproximateFocusDistance FlashCompensation "},
    {"Iptc4xmpCore", FORM_ARRAY, " Scene SubjectCode "},
    {"Iptc4xmpExt", FORM_ARRAY, " PersonInImage OrganisationInImageCode OrganisationInImageName "},
    {"Iptc4xmpExt", FORM_INTEGER, " MaxAvailHeight MaxAvailWidth "},
    {"Iptc4xmpExt", FORM_DATE, " AODateCreated "},
    {"GImage", FORM_BASE64, " Data "},
    {"GAudio", FORM_BASE64, " Data "},
    {"GDepth", FORM_BASE64, " Data Confidence "},
};

#endif
